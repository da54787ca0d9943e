package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigTree;

/** Elements named by path: left out by a primary, kept by a secondary. */
class ConfigPathTest {

  private static Fields parse(String xml) throws Exception {
    return Samples.parse("<pfsense>" + xml + "</pfsense>").sections();
  }

  private static String xml(Fields sections) throws Exception {
    return new String(new ConfigTree("pfsense", sections).toXml(), StandardCharsets.UTF_8)
        .replaceAll("<\\?xml.*?>|[\\n\\t]|</?pfsense>", "");
  }

  private static String rules(String... trackers) {
    StringBuilder rules = new StringBuilder("<filter>");
    for (String tracker : trackers) {
      int colon = tracker.indexOf(':');
      String id = colon < 0 ? tracker : tracker.substring(0, colon);
      rules.append("<rule><tracker>").append(id).append("</tracker>");
      if (colon >= 0) {
        rules.append("<type>").append(tracker.substring(colon + 1)).append("</type>");
      }
      rules.append("</rule>");
    }
    return rules.append("</filter>").toString();
  }

  @ParameterizedTest
  @CsvSource({
    "system/webgui, <system><hostname>a</hostname></system>",
    "system, ''",
    "system/*, <system></system>",
    "*/hostname, <system><webgui><port>1</port></webgui></system>",
    "system/webgui/port, <system><hostname>a</hostname><webgui></webgui></system>",
    "system/nothing, <system><hostname>a</hostname><webgui><port>1</port></webgui></system>",
    "nothing, <system><hostname>a</hostname><webgui><port>1</port></webgui></system>"
  })
  void removesWhatItPointsAt(String path, String left) throws Exception {
    Fields all = parse("<system><hostname>a</hostname><webgui><port>1</port></webgui></system>");
    assertThat(xml(ConfigPath.of(path).removeFrom(all))).isEqualTo(left);
  }

  @Test
  void removesEntriesOfListsByOneOfTheirElements() throws Exception {
    Fields all = parse(rules("1", "2:block", "3"));
    assertThat(xml(ConfigPath.of("filter/rule[tracker=2]").removeFrom(all)))
        .isEqualTo(rules("1", "3"));
    assertThat(xml(ConfigPath.of("filter/rule[tracker=2]/type").removeFrom(all)))
        .isEqualTo(rules("1", "2", "3"));
    assertThat(ConfigPath.of("filter/rule[tracker=9]").removeFrom(all)).isSameAs(all);
    assertThat(xml(ConfigPath.of("filter/rule").removeFrom(all))).isEqualTo("<filter></filter>");
  }

  @Test
  void keepsEntriesOfListsAtTheirPlaceAndTheirContent() throws Exception {
    Fields before = parse(rules("1", "2:mine", "3"));
    ConfigPath path = ConfigPath.of("filter/rule[tracker=2]");
    assertThat(xml(path.keep(before, parse(rules("7", "8", "2:theirs")))))
        .isEqualTo(rules("7", "2:mine", "8"));
    assertThat(xml(path.keep(before, parse(rules("7"))))).isEqualTo(rules("7", "2:mine"));
    assertThat(xml(path.keep(before, parse("")))).isEqualTo(rules("2:mine"));
    assertThat(xml(path.keep(parse(""), parse(rules("2:theirs", "3"))))).isEqualTo(rules("3"));
  }

  @Test
  void keepsWhatIsInsideAnEntry() throws Exception {
    Fields before = parse(rules("1:mine"));
    Fields after = parse(rules("0:x", "1:theirs"));
    assertThat(xml(ConfigPath.of("filter/rule[tracker=1]/type").keep(before, after)))
        .isEqualTo(rules("0:x", "1:mine"));
  }

  @Test
  void keepsElementsAndTheirAbsence() throws Exception {
    Fields before = parse("<system><hostname>mine</hostname></system>");
    Fields after = parse("<system><hostname>theirs</hostname><webgui></webgui></system><a>1</a>");
    assertThat(xml(ConfigPath.of("system/hostname").keep(before, after)))
        .isEqualTo("<system><hostname>mine</hostname><webgui></webgui></system><a>1</a>");
    assertThat(xml(ConfigPath.of("system").keep(before, after)))
        .isEqualTo("<system><hostname>mine</hostname></system><a>1</a>");
    assertThat(xml(ConfigPath.of("a").keep(before, after)))
        .isEqualTo("<system><hostname>theirs</hostname><webgui></webgui></system>");
    assertThat(ConfigPath.of("system").keep(after, after)).isSameAs(after);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "a/", "/a", "a//b", "a[b]", "a[b=c", "a b", "../x y", "a[=1]"})
  void whatIsNoPathIsRefused(String text) {
    assertThatThrownBy(() -> ConfigPath.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }
}
