package org.pfha.benchmarks;

import java.net.InetAddress;
import java.net.UnknownHostException;
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
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;

/** Checking and verifying a received advert: at most 1 µs, for 1 and for 64 addresses. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AdvertVerify {

  @Param({"1", "64"})
  int addresses;

  private final CarpView view = new CarpView();
  private final byte[] packet = new byte[CarpView.LENGTH];
  private CarpAuthenticator authenticator;

  @Setup
  public void sign() throws UnknownHostException {
    List<InetAddress> list = new ArrayList<>();
    for (int i = 0; i < addresses; i++) {
      list.add(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) (i + 1)}));
    }
    authenticator =
        CarpAuthenticator.of("mekmitasdigoat".getBytes(StandardCharsets.UTF_8), 1, list);
    new CarpAdvert(1, 1, 0, 0, 1).encode(packet, 0, authenticator);
  }

  @Benchmark
  public boolean verify() {
    boolean good =
        view.wrap(packet, 0, packet.length).check() == CarpReject.NONE
            && authenticator.verify(view);
    if (!good) {
      throw new IllegalStateException("the advert does not verify");
    }
    return good;
  }
}
