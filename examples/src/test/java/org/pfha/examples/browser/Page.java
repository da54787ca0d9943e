package org.pfha.examples.browser;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pfha.carp.json.JsonObject;
import org.pfha.examples.conformance.Json;

/** The status page as somebody sees it in a browser. Confined to one thread. */
public final class Page {

  private final Browser browser;

  /** The page that the browser shows. */
  public Page(Browser browser) {
    this.browser = browser;
  }

  /** Whether a node comes to have a role, of the virtual address in a row counted from 0. */
  public boolean becomes(int row, String node, String role) throws IOException {
    return browser.becomes(
        """
        [...(document.querySelectorAll('#vips tbody tr')[%d] || document).querySelectorAll('td')]
          .some(td => td.dataset.label === '%s' && td.querySelector('.role.%s'))"""
            .formatted(row, node, role));
  }

  /** Presses what has this name for somebody who cannot see it. */
  public void press(String name) throws IOException {
    if (!browser.becomes(
        "[...document.querySelectorAll('button')].some(b => %s)".formatted(named(name)))) {
      throw new IOException("there is no button " + name + " that can be pressed");
    }
    browser.run(
        "[...document.querySelectorAll('button')].find(b => %s).click()".formatted(named(name)));
  }

  private static String named(String name) {
    return "(b.getAttribute('aria-label') || b.textContent) === '%s' && !b.disabled"
        .formatted(name);
  }

  /** Whether a part of the page comes to say something. */
  public boolean says(String selector, String text) throws IOException {
    return browser.becomes(
        "document.querySelector('%s').textContent.includes(%s)".formatted(selector, quoted(text)));
  }

  /** What a part of the page says. */
  public String text(String selector) throws IOException {
    return browser.text("document.querySelector('%s').innerText".formatted(selector));
  }

  private static String quoted(String text) {
    String object = new JsonObject().field("t", text).toString();
    return object.substring(object.indexOf(':') + 1, object.length() - 1);
  }

  /** What is wrong for people who see badly or use no mouse: by script, and by the browser. */
  public List<String> barriers() throws IOException {
    List<String> barriers = new ArrayList<>();
    for (Json each : browser.run(resource("accessibility.js")).items()) {
      barriers.add(each.text());
    }
    for (Json node :
        browser.tell("Accessibility.getFullAXTree", new JsonObject()).get("nodes").items()) {
      if (node.has("role") && !node.get("ignored").bool()) {
        String role = node.get("role").get("value").text();
        boolean named =
            node.has("name")
                && node.get("name").has("value")
                && !node.get("name").get("value").text().isBlank();
        if (List.of("button", "link", "textbox", "region", "table", "rowheader", "columnheader")
                .contains(role)
            && !named
            && !role.equals("table")) {
          barriers.add("nameless for a screen reader: " + role);
        }
      }
    }
    return barriers;
  }

  /** How much wider than the window the page is, in pixels. */
  public long overhang() throws IOException {
    return browser
        .run("return Math.max(0, document.documentElement.scrollWidth - window.innerWidth)")
        .number();
  }

  /** Whether all that was asked for is of one place, or in the page itself. */
  public List<URI> requestsElsewhere(String url) throws IOException {
    return browser.requests().stream()
        .filter(uri -> !uri.toString().startsWith(url))
        .filter(uri -> !List.of("data", "about").contains(String.valueOf(uri.getScheme())))
        .toList();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
