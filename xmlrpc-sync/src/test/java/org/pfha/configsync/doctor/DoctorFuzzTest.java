package org.pfha.configsync.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;

/** Whatever stands where in two configurations: findings, and no password among them. */
class DoctorFuzzTest {

  private static final Pattern TEXT = Pattern.compile("(?<=>)[^<>\\n]+(?=<)");
  private static final String SECRET = "a-secret-of-the-cluster";
  private static final String FW1 = resource("fw1.xml");
  private static final String FW2 = resource("fw2.xml");

  private static String resource(String name) {
    try (InputStream in = DoctorFuzzTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replaceAll("(?<=<password>)[^<]+", SECRET);
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  /** Texts of the healthy pair are replaced, then its rules applied. */
  @FuzzTest(maxDuration = "60s")
  void noConfigurationThrows(FuzzedDataProvider input) {
    String a = FW1;
    String b = FW2;
    while (input.remainingBytes() > 0) {
      if (input.consumeBoolean()) {
        a = replaced(a, input);
      } else {
        b = replaced(b, input);
      }
    }
    ConfigTree one;
    ConfigTree two;
    try {
      one = ConfigTree.parse(a.getBytes(StandardCharsets.UTF_8));
      two = ConfigTree.parse(b.getBytes(StandardCharsets.UTF_8));
    } catch (ConfigFormatException e) {
      return; // a character that XML does not know
    }
    HaDoctor doctor = HaDoctor.of(one).withSecondary(two).at(Instant.EPOCH).expecting(500_000);
    for (Finding finding : doctor.examine()) {
      assertThat(finding.toString()).isNotEmpty().doesNotContain(SECRET);
    }
  }

  private static String replaced(String xml, FuzzedDataProvider input) {
    List<MatchResult> texts = TEXT.matcher(xml).results().toList();
    MatchResult text = texts.get(input.consumeInt(0, texts.size() - 1));
    String word =
        input.consumeBoolean()
            ? texts.get(input.consumeInt(0, texts.size() - 1)).group()
            : input.consumeString(40).replaceAll("[<&]", "");
    return xml.substring(0, text.start()) + word + xml.substring(text.end());
  }
}
