package org.pfha.benchmarks;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.pfha.carp.diagnosis.HmacExplainer;
import org.pfha.carp.diagnosis.HmacExplanation;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.LinkAddress;

/**
 * The dearest explanation of a rejected advert: nothing explains it, so that all 4,096 HMACs are
 * computed. A node affords itself half as many a second.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ExplainHmac {

  private static final int VHID = 1;

  /** Addresses of the virtual router, half of them IPv6. */
  @Param({"16", "64"})
  int addresses;

  private HmacExplainer explainer;
  private final CarpView advert = new CarpView();

  @Setup
  public void forge() {
    List<InetAddress> shared = new ArrayList<>();
    for (int i = 1; i <= addresses / 2; i++) {
      shared.add(LinkAddress.parse("192.0.2." + i).address());
      shared.add(LinkAddress.parse("2001:db8::" + i).address());
    }
    explainer =
        HmacExplainer.of(VHID, "mekmitasdigoat".getBytes(StandardCharsets.UTF_8), shared)
            .withOtherAddresses(List.of(LinkAddress.parse("192.0.2.254").address()));
    byte[] forged = new byte[CarpView.LENGTH];
    new CarpAdvert(VHID, 1, 0, 0, 1)
        .encode(forged, 0, CarpAuthenticator.of(new byte[] {1}, VHID, shared));
    advert.wrap(forged, 0, forged.length);
  }

  @Benchmark
  public HmacExplanation explain() {
    HmacExplanation explanation = explainer.explain(advert);
    if (explanation.hmacs() != HmacExplainer.MOST_HMACS) {
      throw new IllegalStateException("not the dearest: " + explanation);
    }
    return explanation;
  }
}
