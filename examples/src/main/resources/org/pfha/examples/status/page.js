'use strict';
(() => {
  const $ = id => document.getElementById(id);
  const POLL = 1000, HIDDEN = 10000, PATIENCE = 5000, LONGEST = 15000, NEWEST = 15, SETTLED = 5000;
  const SIGN = { MASTER: '●', BACKUP: '○', INIT: '◌', OFF: '✕' };
  let token = '', shown = null, shownAt = 0, failures = 0, timer = 0, busy = false, differSince = 0;

  /* ---- documents from descriptions; text is only ever text ---- */

  const h = (tag, attributes, ...children) =>
    ({ tag, attributes: attributes || {}, children: children.flat(9).filter(c => c !== null && c !== undefined && c !== false) });

  function create(node) {
    if (typeof node !== 'object') return document.createTextNode(String(node));
    const element = document.createElement(node.tag);
    dress(element, node.attributes);
    node.children.forEach(child => element.appendChild(create(child)));
    return element;
  }

  function dress(element, attributes) {
    for (const { name } of [...element.attributes])
      if (!(name in attributes) && name !== 'open') element.removeAttribute(name);
    for (const [name, value] of Object.entries(attributes))
      if (value === false || value === null) element.removeAttribute(name);
      else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }

  /** Changes what differs and leaves the rest, so that focus and open details stay. */
  function patch(parent, nodes) {
    nodes.forEach((node, i) => {
      const old = parent.childNodes[i];
      if (!old) parent.appendChild(create(node));
      else if (typeof node !== 'object') {
        if (old.nodeType !== Node.TEXT_NODE) parent.replaceChild(create(node), old);
        else if (old.data !== String(node)) old.data = node;
      } else if (old.nodeType !== Node.ELEMENT_NODE || old.localName !== node.tag
          || (old.dataset.key || '') !== (node.attributes['data-key'] || '')) parent.replaceChild(create(node), old);
      else { dress(old, node.attributes); patch(old, node.children); }
    });
    while (parent.childNodes.length > nodes.length) parent.lastChild.remove();
  }

  const show = (id, ...nodes) => patch($(id), nodes.flat(9).filter(n => n));

  /* ---- words ---- */

  const plural = (n, one, many) => n + ' ' + (n === 1 ? one : many);
  const number = n => Number(n).toLocaleString('en');
  function span(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    if (s < 60) return s + ' s';
    if (s < 3600) return Math.floor(s / 60) + ' min ' + s % 60 + ' s';
    if (s < 86400) return Math.floor(s / 3600) + ' h ' + Math.floor(s % 3600 / 60) + ' min';
    return Math.floor(s / 86400) + ' d ' + Math.floor(s % 86400 / 3600) + ' h';
  }
  function small(nanos) {
    if (nanos < 1e6) return (nanos / 1e3).toFixed(0) + ' µs';
    return nanos < 1e9 ? (nanos / 1e6).toFixed(0) + ' ms' : (nanos / 1e9).toFixed(1) + ' s';
  }
  const two = n => String(n).padStart(2, '0');
  function clock(instant, millis) {
    const d = new Date(instant);
    return two(d.getHours()) + ':' + two(d.getMinutes()) + ':' + two(d.getSeconds())
      + (millis ? '.' + String(d.getMilliseconds()).padStart(3, '0') : '');
  }
  const ago = (instant, now) => span((new Date(now) - new Date(instant)) / 1000) + ' ago';
  const plainAddress = address => address.replace(/\/\d+$/, '');
  const list = words => words.length < 2 ? words.join('') : words.slice(0, -1).join(', ') + ' and ' + words[words.length - 1];

  /* ---- what the status says ---- */

  const nodesOf = status => status.nodes
    || [status, ...(status.peers || []).filter(peer => peer.node).map(peer => peer.node)];

  function vipsOf(nodes) {
    const vips = new Map();
    nodes.forEach((node, i) => (node.routers || []).forEach(router => {
      const addresses = (router.addresses || []).map(plainAddress);
      const key = router.vhid + ' ' + addresses.join(' ');
      if (!vips.has(key)) vips.set(key, { key, vhid: router.vhid, addresses: router.addresses || [], name: addresses.join(', ') || 'VHID ' + router.vhid, routers: [] });
      vips.get(key).routers[i] = router;
    }));
    return [...vips.values()];
  }

  const isDisabled = node => (node.routers || []).some(r => r.explanation && r.explanation.enabled === false);
  const isPending = node => node.pfsync && node.pfsync.awaiting_bulk;

  /** What is wrong, and what is worth knowing, the worst first. */
  function judge(status, nodes, vips) {
    const bad = [], warn = [], both = nodes.length > 1;
    if (status.stopped) bad.push(status.stopped);
    vips.forEach(vip => {
      const masters = nodes.filter((n, i) => vip.routers[i] && vip.routers[i].role === 'MASTER').map(n => n.name);
      if (both && masters.length === 0) bad.push('Nobody is MASTER of ' + vip.name + '.');
      if (masters.length > 1) bad.push(list(masters) + ' are both MASTER of ' + vip.name + '.');
    });
    (status.peers || []).filter(peer => !peer.node).forEach(peer => warn.push('The status of ' + peer.url + ' ' + peer.error + '.'));
    (status.peers || []).filter(peer => peer.node && new Date(status.time) - new Date(peer.asked) > 10000)
      .forEach(peer => warn.push('The status of ' + peer.url + ' is old: it was asked ' + ago(peer.asked, status.time) + '.'));
    nodes.forEach(node => {
      if (node.running === false) return warn.push(node.name + ' is off: there is no one to fail over to.');
      if (node.maintenance !== null && node.maintenance !== undefined) warn.push(node.name + ' is in maintenance: ' + node.maintenance + '.');
      if (isDisabled(node)) warn.push('CARP is disabled on ' + node.name + '.');
      if (isPending(node)) warn.push(node.name + ' waits for its peer’s states and stands back meanwhile.');
      const total = node.demotion ? node.demotion.total : 0;
      if (total > 0 && !isPending(node) && (node.maintenance === null || node.maintenance === undefined)) warn.push(node.name + ' is demoted by ' + total + '.');
      (node.routers || []).forEach(r => ((r.explanation || {}).diagnoses || []).forEach(d => {
        if (d.severity === 'ALARM') bad.push(node.name + ', ' + r.interface + ': ' + d.text + '.');
        if (d.severity === 'WARNING') warn.push(node.name + ', ' + r.interface + ': ' + d.text + '.');
      }));
      ((node.pfsync || {}).findings || []).filter(f => f.cause !== 'HEALTHY').forEach(f => warn.push(node.name + ': ' + f.text));
      (node.config_sync || []).filter(c => c.error).forEach(c => warn.push('Configuration of ' + c.peer + ' is not in step: ' + c.error));
    });
    return { bad, warn };
  }

  function headline(nodes, vips, verdict) {
    const of = plural(vips.length, 'address', 'addresses');
    const all = vips.length === 1 ? 'the address' : vips.length === 2 ? 'both addresses' : 'all ' + of;
    const held = nodes.map((node, i) => ({ name: node.name, n: vips.filter(v => v.routers[i] && v.routers[i].role === 'MASTER').length }));
    const masters = held.filter(m => m.n > 0);
    if (nodes.length === 1) return held[0].name + ' is MASTER of ' + held[0].n + ' of ' + of;
    if (masters.length === 0) return 'Nobody is MASTER';
    if (masters.length === 1 && masters[0].n === vips.length)
      return masters[0].name + ' carries ' + all + (verdict.bad.length + verdict.warn.length ? '' : ', and the pair is ready to fail over');
    return list(masters.map(m => m.name + ' carries ' + m.n)) + ' of ' + of;
  }

  /* ---- the sections ---- */

  function button(control, disabled) {
    return h('button', {
      type: 'button', 'data-key': control.method + ' ' + control.path, 'data-method': control.method, 'data-path': control.path,
      'aria-label': control.label + (control.node ? ' ' + control.node : ''), disabled: disabled ? '' : false,
    }, control.label);
  }

  function controls(status, node) {
    return (status.controls || []).filter(c => c.node === node).map(c => button(c, !token));
  }

  function verdictSection(status, nodes, vips) {
    const verdict = judge(status, nodes, vips);
    const level = verdict.bad.length ? 'bad' : verdict.warn.length ? 'warn' : 'good';
    const reasons = [...new Set([...verdict.bad, ...verdict.warn])];
    const pair = controls(status, '');
    const changeable = (status.controls || []).length > 0;
    show('verdict',
      h('div', { class: 'verdict' },
        h('span', { class: 'sign ' + level, 'aria-hidden': 'true' }, { good: '✓', warn: '!', bad: '✕' }[level]),
        h('h2', { id: 'verdict-heading' }, h('span', { class: 'unseen' }, { good: 'Healthy: ', warn: 'Needs attention: ', bad: 'Trouble: ' }[level]), headline(nodes, vips, verdict)),
        reasons.length
          ? h('ul', null, reasons.slice(0, 8).map(r => h('li', null, r)), reasons.length > 8 && h('li', null, 'and ' + (reasons.length - 8) + ' more'))
          : h('p', { class: 'muted' }, 'Nothing is known to be wrong.')),
      pair.length > 0 && h('div', { class: 'actions pair-actions', role: 'group', 'aria-label': 'The pair' }, pair),
      changeable && !token && h('div', { class: 'unlock' },
        h('label', { for: 'token' }, 'Token, to change anything'),
        h('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false' }),
        h('button', { type: 'button', id: 'unlock', class: 'strong' }, 'Unlock')));
  }

  function why(router) {
    const e = router.explanation;
    const last = e.decisions[e.decisions.length - 1];
    const item = (term, ...what) => what.length ? [h('dt', null, term), h('dd', null, ...what)] : [];
    return h('details', null, h('summary', { 'aria-label': 'Why? ' + router.role + ' of VHID ' + router.vhid }, 'Why?'), h('dl', { class: 'why' },
      item('Advertises', e.own + (e.enabled ? '' : ', but is disabled') + (e.link_up ? '' : ', but its interface is down')),
      item('Last heard', e.heard ? e.heard.said + ' from ' + e.heard.source + ', ' + small(e.heard.ago_ns) + ' ago' : 'nothing'),
      e.timers.map(t => item('Next', t.what + ' in ' + small(t.in_ns))),
      last ? item('Last rule', last.text) : [],
      e.demotion.length ? item('Demotion', e.demotion.map(d => (d.amount > 0 ? '+' : '') + d.amount + ' ' + d.owner + ': ' + d.reason).join('; ')) : [],
      e.last_reject ? item('Last packet refused', e.last_reject.text || JSON.stringify(e.last_reject)) : [],
      e.diagnoses.length ? [h('dt', null, 'Diagnoses'), h('dd', null, h('ul', null, e.diagnoses.map(d => h('li', null, d.severity + ': ' + d.text))))] : [],
      h('dt', null, 'Decisions, newest first'),
      h('dd', null, h('ul', null, e.decisions.slice(-5).reverse().map(d => h('li', null, small(e.at_ns - d.at_ns) + ' ago: ' + d.text))))));
  }

  function role(router) {
    if (!router) return h('span', { class: 'muted' }, 'not on this node');
    const e = router.explanation;
    return [
      h('span', { class: 'role ' + (SIGN[router.role] ? router.role : 'OFF') }, h('span', { 'aria-hidden': 'true' }, SIGN[router.role] || '?'), router.role),
      e && h('span', { class: 'cause small muted' }, (e.since_ns !== undefined ? 'for ' + span((e.at_ns - e.since_ns) / 1e9) : 'since its start') + (e.reason ? ' · ' + e.reason : '')),
      e && why(router),
    ];
  }

  const row = (...cells) => h('tr', { role: 'row' }, cells);
  const cell = (label, ...what) => h('td', { role: 'cell', 'data-label': label }, ...what);
  const head = (...names) => h('thead', { role: 'rowgroup' }, row(names.map(n => h('th', { scope: 'col', role: 'columnheader' }, n))));
  const rowHead = (...what) => h('th', { scope: 'row', role: 'rowheader' }, ...what);
  const table = (names, rows, cls, caption) => h('table', { class: 'fold ' + (cls || ''), role: 'table' },
    caption && h('caption', null, caption), head(...names), h('tbody', { role: 'rowgroup' }, rows));

  function vipSection(nodes, vips) {
    show('vips', h('h2', { id: 'vips-heading' }, 'Virtual addresses'),
      table(['Address', ...nodes.map(n => n.name)], vips.map(vip => row(
        rowHead(vip.addresses.map(a => h('span', { class: 'address mono' }, a)),
          h('span', { class: 'small muted' }, [...new Set(vip.routers.filter(r => r).map(r => r.interface))].join(', ') + ' · VHID ' + vip.vhid)),
        nodes.map((node, i) => cell(node.name, role(vip.routers[i]))))), 'even'));
  }

  function ledger(node) {
    const entries = (node.demotion || { entries: [] }).entries;
    if (!entries.length) return h('p', { class: 'small muted' }, 'No demotion: it advertises what it is configured to.');
    return table(['Amount', 'Owner and reason', 'Since', 'Ends'], entries.map(e => row(
      rowHead(h('span', { class: 'num' }, (e.amount > 0 ? '+' : '') + e.amount)),
      cell('Owner and reason', e.owner + ': ' + e.reason + (e.group ? ' (group ' + e.group + ')' : '')),
      cell('Since', span((node.at_ns - e.since_ns) / 1e9) + ' ago'),
      cell('Ends', e.expires_ns === undefined ? 'when taken back' : 'in ' + span((e.expires_ns - node.at_ns) / 1e9)))),
    'compact small', 'Demotion ledger: ' + node.demotion.total + ' in all');
  }

  function nodeSection(status, nodes) {
    const changeable = (status.controls || []).length > 0;
    show('nodes', h('h2', { id: 'nodes-heading' }, nodes.length > 1 ? 'Nodes' : 'Node'), h('div', { class: 'cards' }, nodes.map(node => {
      const own = controls(status, node.name);
      return h('div', { class: 'card', 'data-key': node.name },
        h('div', { class: 'node-head' }, h('h3', null, node.name),
          node.running === false ? h('span', { class: 'chip off' }, 'Off') : h('span', { class: 'chip good' }, 'Running'),
          node.maintenance !== null && node.maintenance !== undefined && h('span', { class: 'chip warn' }, 'Persistent maintenance'),
          isDisabled(node) && h('span', { class: 'chip warn' }, 'CARP temporarily disabled'),
          isPending(node) && h('span', { class: 'chip warn' }, 'Waiting for states'),
          node.running !== false && h('span', { class: 'small muted' }, 'up ' + span(node.uptime_s))),
        node.maintenance !== null && node.maintenance !== undefined && h('p', { class: 'small' }, 'Maintenance, also after a restart: ' + node.maintenance),
        node.running !== false && ledger(node),
        own.length > 0 && h('div', { class: 'actions', role: 'group', 'aria-label': node.name }, own));
    })), !changeable && h('p', { class: 'small muted' }, 'This page is read-only: the node was started without a token for changes.'));
  }

  function bulk(b) {
    if (!b || b.phase === 'IDLE') return 'none yet';
    const states = number(b.states) + (b.expected ? ' of about ' + number(b.expected) : '') + ' states';
    if (b.phase === 'RUNNING') return [h('progress', { max: b.expected || false, value: b.expected ? Math.min(b.states, b.expected) : false, 'aria-label': 'Bulk transfer' }), ' ' + states];
    return { REQUESTED: 'asked for ' + plural(b.requests, 'time', 'times') + ', no answer yet', DONE: 'complete, ' + states, FAILED: 'given up after ' + plural(b.requests, 'request', 'requests') }[b.phase] || b.phase;
  }

  const digest = hex => h('span', { class: 'mono' }, hex.replace(/(.{4})(?=.)/g, '$1 '));

  function stateSection(nodes) {
    const with_ = nodes.filter(n => n.pfsync);
    if (!with_.length) return show('states', h('h2', { id: 'states-heading' }, 'Connection states'),
      h('p', { class: 'muted' }, nodes.some(n => n.running === false) ? 'No node that runs pfsync is up.' : 'This node runs no pfsync.'));
    const same = field => with_.length > 1 && with_.every(n => n.pfsync[field] === with_[0].pfsync[field]);
    differSince = same('identity_digest') || with_.length < 2 ? 0 : differSince || Date.now();
    const line = (name, what) => row(rowHead(name), with_.map(n => cell(n.name, what(n.pfsync, n))));
    show('states', h('h2', { id: 'states-heading' }, 'Connection states'),
      with_.length > 1 && h('p', { class: 'small' },
        same('identity_digest') ? h('span', { class: 'chip good' }, '✓ same connections')
          : Date.now() - differSince > SETTLED ? h('span', { class: 'chip warn' }, '≠ connections differ')
          : h('span', { class: 'chip' }, '… connections on their way'), ' ',
        same('progress_digest') ? h('span', { class: 'chip good' }, '✓ same progress') : h('span', { class: 'chip' }, '… progress on its way'),
        h('span', { class: 'muted' }, ' A digest is equal when the tables are; while traffic flows the peer is a moment behind.')),
      table(['', ...with_.map(n => n.name)].map(n => n || 'What'), [
        line('States', p => h('span', { class: 'num' }, number(p.states) + ' of ' + number(p.state_limit))),
        line('Identity digest', p => digest(p.identity_digest)),
        line('Progress digest', p => digest(p.progress_digest)),
        line('Sync lag', p => p.lag && p.lag.packets ? p.lag.max_ns === 0 ? 'none' : 'half within ' + small(p.lag.median_ns) + ', 99 % within ' + small(p.lag.p99_ns) + ', slowest ' + small(p.lag.max_ns) : 'nothing sent yet'),
        line('Peer', p => p.peers.map(peer => h('span', { class: 'line' }, peer.address + ' ', peer.silent ? h('span', { class: 'chip bad' }, 'silent') : null,
          h('span', { class: 'muted' }, peer.heard_ago_ns === undefined ? ' never heard' : ' heard ' + small(peer.heard_ago_ns) + ' ago')))),
        line('Bulk transfer in', p => bulk(p.receiving)),
        line('Bulk transfer out', p => bulk(p.sending)),
        line('Findings', p => p.findings.map(f => h('span', { class: 'line small' }, f.cause === 'HEALTHY' ? '✓ ' + f.text : f.cause + ': ' + f.text))),
      ], 'compact even'));
  }

  const OUTCOME = { VERIFIED: ['good', '✓ read back and equal'], DIFFERS: ['bad', '≠ not in step'], NOT_VERIFIABLE: ['', '? cannot be read back'] };

  function configSection(nodes, now) {
    const all = nodes.flatMap(n => (n.config_sync || []).map(c => ({ from: n.name, ...c })));
    show('config', h('h2', { id: 'config-heading' }, 'Configuration sync'),
      all.length === 0 && h('p', { class: 'muted' }, 'No push is known of.'),
      all.map(c => h('div', { 'data-key': c.from + ' ' + c.peer },
        h('p', null, h('strong', null, c.from), ' to ', h('span', { class: 'mono' }, c.peer), ' ',
          c.error ? h('span', { class: 'chip bad' }, 'failed') : h('span', { class: 'chip good' }, '✓ in step')),
        h('p', { class: 'small muted' },
          c.last_attempt ? 'Last push at ' + clock(c.last_attempt) + ', took ' + c.duration_ms + ' ms. ' : '',
          c.last_success ? 'Last success at ' + clock(c.last_success) + '.' : 'Never succeeded.'),
        c.error && h('p', { class: 'notice bad' }, c.error),
        (c.warnings || []).map(w => h('p', { class: 'notice' }, w)),
        c.areas.length > 0 && h('details', { 'data-key': 'areas' }, h('summary', null, plural(c.areas.length, 'area', 'areas') + ', '
          + (c.areas.every(a => a.outcome === 'VERIFIED') ? 'all read back and equal' : c.areas.filter(a => a.outcome === 'DIFFERS').length + ' not in step')),
        table(['Area', 'Outcome', 'Last success'], c.areas.map(a => row(
          rowHead(a.name), cell('Outcome', h('span', { class: 'chip ' + (OUTCOME[a.outcome] || [''])[0] }, (OUTCOME[a.outcome] || ['', a.outcome])[1])),
          cell('Last success', a.last_success ? clock(a.last_success) : 'never'))), 'compact small')))));
  }

  function timelineSection(status) {
    const entries = (status.timeline || []).slice().reverse();
    const events = some => h('ol', null, some.map(e => h('li', { class: 'small' },
      h('time', { datetime: e.at, title: e.at }, clock(e.at, true)), h('span', { class: 'who' }, e.node),
      h('span', { class: 'what ' + (e.kind === 'role' ? 'role-event' : '') }, e.text))));
    show('timeline', h('h2', { id: 'timeline-heading' }, 'What happened'),
      entries.length ? events(entries.slice(0, NEWEST)) : h('p', { class: 'muted' }, 'Nothing yet.'),
      entries.length > NEWEST && h('details', null,
        h('summary', null, plural(entries.length - NEWEST, 'older event', 'older events')), events(entries.slice(NEWEST))));
  }

  /** Says what has changed to who cannot see it. */
  function announce(before, after) {
    const roles = status => {
      const nodes = nodesOf(status), all = new Map();
      vipsOf(nodes).forEach(vip => nodes.forEach((node, i) => vip.routers[i] && all.set(node.name + ' ' + vip.key, { node: node.name, vip: vip.name, router: vip.routers[i] })));
      return all;
    };
    const old = roles(before), said = [];
    roles(after).forEach((now, key) => {
      const was = old.get(key);
      if (was && was.router.role !== now.router.role) {
        const reason = (now.router.explanation || {}).reason;
        said.push(now.node + ' is now ' + now.router.role + ' of ' + now.vip + (reason ? ', ' + reason : ''));
      }
    });
    if (said.length) $('announce').textContent = said.join('. ') + '.';
  }

  function render(status) {
    const nodes = nodesOf(status), vips = vipsOf(nodes);
    document.title = status.name + ' · pfHA status';
    $('title').textContent = status.name;
    verdictSection(status, nodes, vips);
    vipSection(nodes, vips);
    nodeSection(status, nodes);
    stateSection(nodes);
    configSection(nodes, status.time);
    timelineSection(status);
  }

  /* ---- staying up to date ---- */

  async function ask(method, path, body) {
    const abort = new AbortController();
    const alarm = setTimeout(() => abort.abort(), PATIENCE);
    try {
      const headers = method === 'GET' ? { Accept: 'application/json' } : { Authorization: 'Bearer ' + token };
      const answer = await fetch(path, { method, headers, body, cache: 'no-store', credentials: 'omit', signal: abort.signal });
      const text = await answer.text();
      if (!answer.ok) throw new Refusal(answer.status, text.trim());
      return text;
    } finally {
      clearTimeout(alarm);
    }
  }

  class Refusal extends Error {
    constructor(code, text) { super(text); this.code = code; }
  }

  function linkState(state, text) {
    $('link').dataset.state = state;
    if ($('link-text').textContent !== text) $('link-text').textContent = text;
  }

  function take(status) {
    try {
      if (shown) announce(shown, status);
      render(status);
    } catch (error) {
      if (!(status.peers || []).some(peer => peer.node)) throw error;
      // A peer may be of another release, or no node at all.
      status.peers = status.peers.map(peer => ({ ...peer, node: null, error: peer.error || 'is none that this page understands' }));
      render(status);
    }
    shown = status;
  }

  async function poll() {
    clearTimeout(timer);
    if (busy) return;
    busy = true;
    try {
      const status = JSON.parse(await ask('GET', 'status'));
      if (failures) { show('alert'); $('announce').textContent = 'The connection is back.'; }
      failures = 0;
      take(status);
      shownAt = Date.now();
      document.body.classList.remove('stale');
      linkState('live', 'Live, ' + clock(shownAt));
    } catch (error) {
      failures++;
      document.body.classList.add('stale');
      linkState('lost', 'Connection lost');
      if (failures === 1) show('alert', h('p', { class: 'notice bad', id: 'lost' },
        'The connection is lost. ' + (shown ? 'What you see is as of ' + clock(shownAt) + ' and may no longer be so. ' : '') + 'Trying again.'));
    } finally {
      busy = false;
      const backOff = Math.min(LONGEST, POLL * 2 ** Math.min(failures, 5)) * (0.8 + Math.random() * 0.4);
      timer = setTimeout(poll, failures ? backOff : document.hidden ? HIDDEN : POLL);
    }
  }

  /* ---- doing something ---- */

  function complain(text) {
    show('alert', h('p', { class: 'notice bad' }, text));
    setTimeout(() => { if (!failures) show('alert'); }, 12000);
  }

  async function perform(control, argument) {
    try {
      await ask(control.method, control.path.replace(/^\//, ''), argument);
      $('announce').textContent = control.label + (control.node ? ' ' + control.node : '') + ': done.';
      if (!failures) show('alert');
    } catch (error) {
      if (error instanceof Refusal && error.code === 401) {
        token = '';
        if (shown) render(shown);
        complain('The token was not accepted. Nothing was changed.');
      } else {
        complain(control.label + ': ' + (error instanceof Refusal ? error.message : 'no answer; it may or may not have happened') + '.');
      }
    }
    poll();
  }

  let wanted = null;
  function choose(control) {
    if (!control.question && !control.argument) return perform(control, '');
    wanted = control;
    $('ask-title').textContent = control.label + ' ' + control.node;
    $('ask-text').textContent = control.question;
    $('ask-field').hidden = !control.argument;
    $('ask-label').textContent = control.argument || 'Argument';
    $('ask-input').value = '';
    $('ask-yes').textContent = control.label;
    $('ask').showModal();
  }
  function answer(yes) {
    const control = wanted;
    $('ask').close();
    wanted = null;
    if (yes && control) perform(control, $('ask-input').value);
  }
  function unlock() {
    token = ($('token') || { value: '' }).value.trim();
    if (token && shown) { render(shown); $('announce').textContent = 'Unlocked.'; }
  }

  document.addEventListener('click', event => {
    const pressed = event.target.closest('button');
    if (!pressed) return;
    if (pressed.id === 'ask-yes') answer(true);
    else if (pressed.id === 'ask-no') answer(false);
    else if (pressed.id === 'unlock') unlock();
    else if (pressed.dataset.path && shown) {
      const control = (shown.controls || []).find(c => c.method === pressed.dataset.method && c.path === pressed.dataset.path);
      if (control) choose(control);
    }
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Enter' && event.target.id === 'token') unlock();
    if (event.key === 'Enter' && event.target.id === 'ask-input') answer(true);
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) poll(); });
  window.addEventListener('online', poll);

  const given = /^#token=([A-Za-z0-9_-]+)$/.exec(location.hash);
  if (given) {
    token = given[1];
    history.replaceState(null, '', location.pathname); // not to be left in the history
  }
  poll();
})();
