package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.SimPair.assertRoles;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.CarpProfile;

/** A password is changed on two nodes, one after the other, without a moment of two masters. */
class PasswordRotationTest {

  private static final Duration WINDOW = Duration.ofMinutes(10);

  private final SimPair pair = new SimPair();

  @Test
  void neitherNodeEverRefusesTheOtherIfBothBeginWithinHalfTheWindow() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();
    int changes = pair.changesOfB.size();

    primary.rotatePassword("em1", 1, "new secret", WINDOW);
    pair.advance(Duration.ofMinutes(4));
    secondary.rotatePassword("em1", 1, "new secret", WINDOW);
    pair.advance(Duration.ofMinutes(20));

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(pair.changesOfB).hasSize(changes);
    assertThat(primary.statistics().total().get("badauth")).isZero();
    assertThat(secondary.statistics().total().get("badauth")).isZero();
  }

  @Test
  void theOldPasswordIsForgottenInTheEnd() throws IOException {
    CarpNode primary = pair.primary();
    pair.settle();
    primary.rotatePassword("em1", 1, "new secret", WINDOW);
    pair.advance(WINDOW.minusSeconds(1));
    CarpNode stranger = SimPair.node(pair.b, router(0).password(SimPair.PASSWORD)).start();
    assertThat(primary.explain("em1", 1).describe()).contains("next step of the password change");
    pair.settle();

    assertThat(primary.statistics().total().get("badauth")).isPositive();
    assertThat(stranger.statistics().total().get("badauth")).isPositive();
  }

  @Test
  void aSecondChangeOvertakesTheFirst() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();
    int changes = pair.changesOfB.size();

    primary.rotatePassword("em1", 1, "second", WINDOW);
    secondary.rotatePassword("em1", 1, "second", WINDOW);
    pair.advance(Duration.ofMinutes(7));
    primary.rotatePassword("em1", 1, "third", WINDOW);
    secondary.rotatePassword("em1", 1, "third", WINDOW);
    pair.advance(Duration.ofMinutes(20));

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(pair.changesOfB).hasSize(changes);
  }

  @Test
  void anAddressMayBeAddedMeanwhile() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();
    primary.rotatePassword("em1", 1, "new secret", WINDOW);
    secondary.rotatePassword("em1", 1, "new secret", WINDOW);
    primary.reconfigure("em1", 1, r -> r.address("192.0.2.80/24"));
    secondary.reconfigure("em1", 1, r -> r.address("192.0.2.80/24"));
    pair.advance(Duration.ofMinutes(20));

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(secondary.statistics().total().get("badauth"))
        .as("the advert between the two changes")
        .isEqualTo(1);
  }

  @Test
  void itCannotBeRestartedMeanwhile() throws IOException {
    CarpNode primary = pair.primary();
    primary.rotatePassword("em1", 1, "new secret", WINDOW);

    assertThatThrownBy(() -> primary.reconfigure("em1", 1, r -> r.profile(CarpProfile.FREEBSD_14)))
        .hasMessageContaining("its password is being changed");
  }

  @Test
  void mistakesAreNamedAndNothingSecretIsShown() throws IOException {
    CarpNode primary = pair.primary();
    assertThatThrownBy(
            () -> primary.rotatePassword("em1", 1, "a secret that is too long", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("25 bytes", "PT0S")
        .hasMessageNotContaining("secret");
    assertThat(primary.explain("em1", 1).toJson()).doesNotContain(SimPair.PASSWORD);
  }
}
