package org.pfha.configsync.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Whatever a peer answers, compressed or not: a value, its fault, or a cause by name. */
class AnswerFuzzTest {

  private static final long LIMIT = 1 << 16;

  @FuzzTest(maxDuration = "60s")
  void plain(byte[] body) throws Exception {
    for (Decoding decoding : Decoding.values()) {
      read(LimitedAnswer.of(arrived(body), LIMIT), decoding);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void compressed(byte[] body) throws Exception {
    for (Decoding decoding : Decoding.values()) {
      InputStream answer;
      try {
        answer = LimitedAnswer.inflating(arrived(body), LIMIT);
      } catch (IOException e) {
        return; // not even a header
      }
      read(answer, decoding);
    }
  }

  /** In two pieces, as from a network. */
  private static AnswerStream arrived(byte[] body) {
    AnswerStream answer =
        new AnswerStream(System.nanoTime() + TimeUnit.HOURS.toNanos(1), count -> {});
    int half = body.length / 2;
    answer.onNext(List.of(ByteBuffer.wrap(body, 0, half)));
    answer.onNext(List.of(ByteBuffer.wrap(body, half, body.length - half)));
    answer.onComplete();
    return answer;
  }

  private static void read(InputStream answer, Decoding decoding) throws Exception {
    try {
      assertThat(AnswerReader.decode(answer, decoding)).isNotNull();
    } catch (RpcFault fault) {
      assertThat(fault.getMessage()).doesNotContainPattern("\\p{Cntrl}");
    } catch (RpcException e) {
      assertThat(e.getMessage()).hasSizeLessThan(500).doesNotContainPattern("\\p{Cntrl}");
    } catch (IOException e) {
      // the stream broke off, which the client names
    }
  }
}
