// What is wrong with the page for those who do not see it, see it badly, or have no mouse.
const wrong = [];
const seen = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
const where = element => {
  const id = element.closest('[id]');
  return (id ? '#' + id.id + ' ' : '') + element.localName + ' "' + element.textContent.trim().slice(0, 40) + '"';
};
const all = selector => [...document.querySelectorAll(selector)];

if (!document.documentElement.lang) wrong.push('the document has no language');
if (!document.title) wrong.push('the document has no title');
for (const landmark of ['header', 'main', 'footer'])
  if (all('body > ' + landmark).length !== 1) wrong.push('there is not one ' + landmark);
if (all('h1').length !== 1) wrong.push('there is not one h1');
let level = 1;
for (const heading of all('h1, h2, h3, h4').filter(h => !h.closest('dialog'))) {
  const next = Number(heading.localName[1]);
  if (next > level + 1) wrong.push('a level of headings is left out before ' + where(heading));
  level = next;
}
const ids = all('[id]').map(element => element.id);
ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => wrong.push('the id ' + id + ' is there twice'));
for (const attribute of ['aria-labelledby', 'aria-describedby', 'for'])
  all('[' + attribute + ']').forEach(element => element.getAttribute(attribute).split(' ').forEach(id => {
    if (!document.getElementById(id)) wrong.push(where(element) + ' refers to nothing: ' + id);
  }));
all('th').filter(th => !th.hasAttribute('scope')).forEach(th => wrong.push('a header without scope: ' + where(th)));
all('table').filter(table => !table.querySelector('thead th')).forEach(table => wrong.push('a table without headers: ' + where(table)));
all('th').filter(th => !th.textContent.trim()).forEach(th => wrong.push('an empty header: ' + where(th)));
all('*').forEach(element => {
  for (const { name } of element.attributes)
    if (name.startsWith('on') || name === 'style') wrong.push(where(element) + ' has ' + name + ' in it');
  if (element.tabIndex > 0) wrong.push(where(element) + ' has its own place in the order of keys');
});
all('button, a[href], input, summary').filter(seen).forEach(control => {
  const label = control.id && document.querySelector('label[for="' + control.id + '"]');
  const name = control.getAttribute('aria-label') || control.textContent.trim() || (label && label.textContent.trim());
  if (!name) wrong.push('a control without a name: ' + where(control));
  const text = control.textContent.trim();
  if (['button', 'summary'].includes(control.localName) && !name.startsWith(text)) wrong.push('its name is not what it shows: ' + where(control));
  const box = control.getBoundingClientRect();
  if (control.localName !== 'a' && (box.height < 24 || box.width < 24)) wrong.push('too small to hit: ' + where(control));
});
if (!all('[role=status][aria-live=polite]').length) wrong.push('nothing tells of changes');
if (!all('[role=alert]').length) wrong.push('nothing tells of alarms');

const channel = value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const luminance = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
const colour = text => { const n = text.match(/[\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
const over = (front, back) => [0, 1, 2].map(i => front[i] * front[3] + back[i] * (1 - front[3]));
function ground(element) {
  const back = element.parentElement ? ground(element.parentElement) : [255, 255, 255];
  return over(colour(getComputedStyle(element).backgroundColor), back);
}
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let texts = 0;
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !seen(element) || element.closest('.unseen, .skip, script, style, :disabled')) continue;
  const style = getComputedStyle(element), back = ground(element);
  const front = luminance(over(colour(style.color), back)), behind = luminance(back);
  const ratio = (Math.max(front, behind) + 0.05) / (Math.min(front, behind) + 0.05);
  const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  texts++;
  if (ratio < (large ? 3 : 4.5)) wrong.push('contrast ' + ratio.toFixed(2) + ' of ' + where(element));
}
if (texts < 20) wrong.push('only ' + texts + ' texts were looked at');
return wrong;
