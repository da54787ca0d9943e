package org.pfha.pf.device;

import com.google.common.net.InetAddresses;
import java.util.ArrayList;
import java.util.List;
import org.pfha.net.sys.SystemCallJournal;
import org.pfha.net.sys.SystemCalls;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;

/** Kernels in memory and what tests put into them. */
final class Kernels {

  static final int HOST = 0x1122_3301;

  private Kernels() {}

  static InMemoryPf of(InMemoryPf.Release release) {
    InMemoryPf kernel = InMemoryPf.of(release);
    kernel.addInterface("em0");
    kernel.addInterface("em1");
    return kernel;
  }

  static PfDevice open(SystemCalls kernel, Danger... accepted) throws PfException {
    return PfDevice.open(kernel, PfDevice.DEFAULT_STATE_BUFFER, accepted);
  }

  /** Records what is asked of a kernel, as lines. */
  static SystemCalls recorded(SystemCalls kernel, List<String> journal) {
    return SystemCallJournal.recording(kernel, journal::add);
  }

  static List<String> requests(List<String> journal, PfRequest request) {
    return journal.stream()
        .filter(line -> line.matches("ioctl \\d+ 0x%x .*".formatted(request.word())))
        .toList();
  }

  static PfState udp(int number) {
    return PfState.builder(
            number,
            HOST,
            StateKey.of(
                InetAddresses.forString("10.2.0." + (1 + number % 250)),
                53,
                InetAddresses.forString("10.1.0.50"),
                1024 + number % 60_000),
            17)
        .direction(PfState.OUT)
        .src(StatePeer.of(1))
        .dst(StatePeer.of(0))
        .creation(5)
        .expire(60)
        .build();
  }

  static PfState tcp6(int number) {
    return PfState.builder(
            number,
            HOST,
            StateKey.of(
                InetAddresses.forString("2001:db8::" + Integer.toHexString(number + 1)),
                443,
                InetAddresses.forString("2001:db8:1::50"),
                1024 + number % 60_000),
            PfState.TCP)
        .ifname("em0")
        .originalIfname("em0")
        .src(StatePeer.of(StatePeer.ESTABLISHED))
        .dst(StatePeer.of(StatePeer.ESTABLISHED))
        .expire(86_400)
        .build();
  }

  static List<PfState> list(PfDevice device) throws PfException {
    List<PfState> states = new ArrayList<>();
    StateListing listing = device.states().list(states::add);
    assert listing.states() == states.size() : "it counts what it hands on";
    return states;
  }
}
