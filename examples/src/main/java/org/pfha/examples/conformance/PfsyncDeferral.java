package org.pfha.examples.conformance;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.examples.conformance.PfsyncCapture.Frame;
import org.pfha.net.IpPacket;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pfsync.wire.Message;

/**
 * Deferral as a real kernel does it: whenever it announces a state whose first packet it holds, the
 * engine is told to defer the same state at the same time and hears what the kernel heard. It must
 * announce the state in the same words, and let the packet go when the kernel does: on the peer's
 * acknowledgement, else after ten clock ticks.
 */
final class PfsyncDeferral {

  private static final int TICKS = 10;

  /** A tick may pass before a kernel does what is due, and its packets take their time. */
  private static final int TICKS_LATE = 2;

  private record Held(double seconds, int host, Message.FullState insert) {}

  private PfsyncDeferral() {}

  static void run(PfsyncCapture capture, Report report) {
    for (Map.Entry<String, List<Frame>> link : capture.links().entrySet()) {
      if (!PfsyncCapture.isSyncLink(link.getValue())) {
        continue;
      }
      for (Frame frame : link.getValue()) {
        for (Message message : frame.messages()) {
          if (message instanceof Message.FullState full && full.state().hasFlag(PfState.FLAG_ACK)) {
            Held held = new Held(frame.seconds(), capture.host(frame), full);
            String title =
                "%s.%s deferral of %s"
                    .formatted(capture.name(), link.getKey(), full.state().stateId());
            check(capture, link.getValue(), held, title, report);
          }
        }
      }
    }
  }

  private static void check(
      PfsyncCapture capture, List<Frame> frames, Held held, String title, Report report) {
    PfState told = held.insert.state();
    StateId id = told.stateId();
    PfsyncListener engine =
        new PfsyncListener(
            id.creatorId(), new byte[16], capture.rules(), (double) TICKS / capture.hz());
    PfState state = told.toBuilder().stateFlags(told.stateFlags() & ~PfState.FLAG_ACK).build();
    engine.defer(state, held.seconds);
    for (Frame frame : frames) {
      if (frame.seconds() > held.seconds && capture.host(frame) != held.host) {
        engine.hear(PfsyncFrames.payload(frame.ip()), frame.seconds());
      }
    }
    engine.advance(held.seconds + 1);
    List<Object> problems = new ArrayList<>();
    if (!engine.sent().contains(held.insert)) {
      problems.add("announced " + engine.sent() + " instead of " + held.insert);
    }
    Double ours = engine.released().get(id);
    Double theirs = passed(capture, told, held.seconds);
    double late = (double) TICKS_LATE / capture.hz();
    boolean watched =
        capture.links().values().stream().anyMatch(link -> !PfsyncCapture.isSyncLink(link));
    if (ours == null || (watched && theirs == null)) {
      problems.add("let go at " + ours + ", the kernel at " + theirs);
    } else if (theirs != null && Math.abs(ours - theirs) > late) {
      problems.add("let go at " + ours + ", the kernel at " + theirs);
    }
    report.check(title, List.of(), problems);
  }

  /** When the packet that opened a state was seen on the way to the responder. */
  private static @Nullable Double passed(PfsyncCapture capture, PfState state, double from) {
    int initiator = state.direction() == PfState.OUT ? 1 : 0;
    InetAddress source = state.wire().address(initiator);
    InetAddress destination = state.wire().address(1 - initiator);
    Double first = null;
    for (List<Frame> frames : capture.links().values()) {
      Double seen = null;
      for (Frame frame : frames) {
        IpPacket packet = frame.packet();
        if (seen == null
            && frame.seconds() >= from
            && packet.protocol() == state.proto()
            && packet.source().equals(source)
            && packet.destination().equals(destination)) {
          seen = frame.seconds();
        }
      }
      // On the initiator's side the packet is seen before it is held.
      first = seen == null || (first != null && first >= seen) ? first : seen;
    }
    return first;
  }
}
