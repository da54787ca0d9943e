package org.pfha.carp.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;
import org.pfha.net.NeighbourView;

/** Whatever arrives, in whatever order and at whatever time: nothing throws, nothing grows. */
class DiagnosisFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void hostilePacketsAtHostileTimes(FuzzedDataProvider data) {
    List<CarpDiagnosis> told = new ArrayList<>();
    CarpWatch watch =
        new CarpWatch(
            WatchedSegment.watched(),
            WatchedSegment::explainer,
            new HmacBudget(64),
            ReplayPolicy.DROP,
            told::add);
    CarpReject[] reasons = CarpReject.values();
    long now = 0;
    while (data.remainingBytes() > 0) {
      now = data.consumeBoolean() ? now + data.consumeInt(0, 2_000_000_000) : data.consumeLong();
      switch (data.consumeInt(0, 4)) {
        case 0 -> packet(data, now, watch, reasons[data.consumeInt(0, reasons.length - 1)]);
        case 1 -> {
          byte[] frame = data.consumeBytes(90);
          NeighbourView claim = new NeighbourView().wrap(frame, 0, frame.length, "em1", now);
          if (claim.check() == NeighbourView.Check.OK) {
            watch.claimed(claim);
          }
        }
        case 2 ->
            watch.role(data.pickValue(Role.values()), data.pickValue(RoleReason.values()), now);
        case 3 -> watch.sent(new byte[CarpView.LENGTH], now);
        default -> watch.tick(now);
      }
    }
    assertThat(watch.ongoing()).hasSizeLessThanOrEqualTo(3 * 8 + 4);
    told.forEach(
        diagnosis -> {
          assertThat(diagnosis.line()).contains("1@em1").doesNotContain(WatchedSegment.SECRET);
          assertThat(diagnosis.toJson()).startsWith("{\"kind\":\"").endsWith("}");
        });
  }

  private static void packet(
      FuzzedDataProvider data, long now, CarpWatch watch, CarpReject reason) {
    byte[] bytes = data.consumeBytes(100);
    IpPacket packet = new IpPacket().wrap(bytes, 0, bytes.length, "em1", now);
    if (packet.check() != IpPacket.Check.OK) {
      return;
    }
    CarpView view =
        new CarpView().wrap(packet.array(), packet.payloadOffset(), packet.payloadLength());
    if (packet.payloadLength() < CarpView.LENGTH) {
      if (reason != CarpReject.NONE && reason != CarpReject.BADAUTH) {
        watch.rejected(reason, view, packet);
      }
    } else if (reason == CarpReject.NONE) {
      watch.accepted(view, packet);
    } else {
      watch.rejected(reason, view, packet);
    }
  }

  @FuzzTest(maxDuration = "1m")
  void hostileAdvertsAndConfigurationsAreExplained(FuzzedDataProvider data)
      throws UnknownHostException {
    byte[] password = data.consumeBytes(20);
    List<InetAddress> here = addresses(data);
    HmacExplainer explainer =
        HmacExplainer.of(data.consumeInt(1, 255), password, here)
            .withLinkLocal(data.consumeBoolean())
            .withOtherAddresses(addresses(data))
            .withPassword("another", data.consumeBytes(30))
            .withOtherRouter("9@em9", data.consumeBytes(20), addresses(data));
    byte[] advert = new byte[CarpView.LENGTH];
    byte[] hostile = data.consumeRemainingAsBytes();
    System.arraycopy(hostile, 0, advert, 0, Math.min(hostile.length, advert.length));

    HmacExplanation explanation = explainer.explain(new CarpView().wrap(advert, 0, advert.length));

    assertThat(explanation.hmacs()).isLessThanOrEqualTo(HmacExplainer.MOST_HMACS);
    assertThat(explanation.text()).isNotEmpty();
    assertThat(explainer.toString()).startsWith("HmacExplainer[vhid");
  }

  private static List<InetAddress> addresses(FuzzedDataProvider data) throws UnknownHostException {
    List<InetAddress> addresses = new ArrayList<>();
    for (int left = data.consumeInt(0, 6); left > 0; left--) {
      byte[] bytes = data.consumeBytes(data.consumeBoolean() ? 4 : 16);
      if (bytes.length == 4 || bytes.length == 16) {
        addresses.add(InetAddress.getByAddress(bytes));
      }
    }
    return addresses;
  }
}
