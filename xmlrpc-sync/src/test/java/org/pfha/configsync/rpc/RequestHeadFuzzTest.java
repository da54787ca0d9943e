package org.pfha.configsync.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whatever heads arrive, each gets one verdict, and credentials are read or not. */
class RequestHeadFuzzTest {
  private static final String[] NAMES = {
    "Authorization",
    "Content-length",
    "Content-encoding",
    "Expect",
    "Host",
    "Transfer-encoding",
    "X"
  };

  @FuzzTest(maxDuration = "60s")
  void check(FuzzedDataProvider data) {
    String method = data.pickValue(new String[] {"POST", "GET", data.consumeString(8)});
    URI target;
    try {
      target = new URI(data.pickValue(new String[] {"/xmlrpc.php", data.consumeString(30)}));
    } catch (URISyntaxException e) {
      return;
    }
    Map<String, List<String>> headers = new HashMap<>();
    while (data.remainingBytes() > 0 && headers.size() < 8) {
      headers
          .computeIfAbsent(data.pickValue(NAMES), name -> new ArrayList<>())
          .add(data.consumeString(40));
    }
    RequestHead.Verdict verdict = new RequestHead(method, target, headers).check(1000);
    if (verdict == RequestHead.Verdict.ACCEPTED) {
      assertThat(method).isEqualTo("POST");
      assertThat(target).hasToString("/xmlrpc.php");
      assertThat(
              headers.getOrDefault("Content-length", List.of()).size()
                  + headers.getOrDefault("Transfer-encoding", List.of()).size())
          .isLessThanOrEqualTo(1);
    }
    for (String header : headers.getOrDefault("Authorization", List.of())) {
      credentials(header);
    }
    credentials("Basic " + data.consumeRemainingAsString());
  }

  private static void credentials(String header) {
    Credentials credentials = Credentials.fromHeader(header);
    if (credentials != null) {
      assertThat(credentials.user()).isNotEmpty().doesNotContain(":");
      assertThat(credentials.toString()).doesNotContainPattern("\\p{Cntrl}");
      Credentials again = Credentials.fromHeader(credentials.header());
      assertThat(again).isNotNull();
      assertThat(again.user()).isEqualTo(credentials.user());
      assertThat(again.secret()).isEqualTo(credentials.secret());
    }
  }
}
