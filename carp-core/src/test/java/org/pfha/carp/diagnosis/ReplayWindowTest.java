package org.pfha.carp.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.LinkAddress;

class ReplayWindowTest {

  private static final CarpAuthenticator SENDER =
      CarpAuthenticator.of(new byte[] {1}, 1, List.of(LinkAddress.parse("192.0.2.1").address()));

  private final ReplayWindow window = new ReplayWindow();

  private static CarpView advert(long counter) {
    byte[] bytes = new byte[CarpView.LENGTH];
    new CarpAdvert(1, 1, 0, 0, counter).encode(bytes, 0, SENDER);
    return new CarpView().wrap(bytes, 0, bytes.length);
  }

  @Test
  void anAdvertIsKnownFromWhenItWasFirstHeard() {
    assertThat(window.firstHeard(advert(5), 100)).isEqualTo(100);
    assertThat(window.firstHeard(advert(6), 200)).isEqualTo(200);
    assertThat(window.firstHeard(advert(5), 300)).isEqualTo(100);
    assertThat(window.size()).isEqualTo(2);
  }

  @Test
  void theSameCounterWithAnotherHashIsAnotherAdvert() {
    byte[] bytes = new byte[CarpView.LENGTH];
    new CarpAdvert(1, 1, 0, 0, 5).encode(bytes, 0, CarpAuthenticator.of(new byte[0], 1, List.of()));
    window.firstHeard(advert(5), 100);

    assertThat(window.firstHeard(new CarpView().wrap(bytes, 0, bytes.length), 200)).isEqualTo(200);
  }

  @Test
  void theOldestOfTooManyIsForgotten() {
    for (int counter = 0; counter <= ReplayWindow.SIZE; counter++) {
      window.firstHeard(advert(counter), counter);
    }

    assertThat(window.size()).isEqualTo(ReplayWindow.SIZE);
    assertThat(window.contains(advert(0))).isFalse();
    assertThat(window.contains(advert(1))).isTrue();
    assertThat(window.firstHeard(advert(0), 5000)).isEqualTo(5000);
    assertThat(window.contains(advert(1))).isFalse();
  }

  /** Against a map and a queue, over many times its size. */
  @Test
  void itRemembersWhatAPlainMapWould() {
    long seed = 1024;
    Random random = new Random(seed);
    Map<Long, Long> map = new HashMap<>();
    Deque<Long> order = new ArrayDeque<>();
    for (int now = 0; now < 20_000; now++) {
      long counter = random.nextInt(1600) * 0x1_0000_0001L;
      Long expected = map.get(counter);
      if (expected == null) {
        if (map.size() == ReplayWindow.SIZE) {
          map.remove(order.remove());
        }
        map.put(counter, (long) now);
        order.add(counter);
        expected = (long) now;
      }

      assertThat(window.firstHeard(advert(counter), now))
          .as("seed %d, advert %d, counter %d", seed, now, counter)
          .isEqualTo(expected);
    }
  }
}
