package org.pfha.examples.demo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfha.net.IpPacket;
import org.pfha.net.pcap.PcapReader;
import org.pfha.net.pcap.PcapRecord;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pfsync.PfsyncNode;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.StateFormat;

/** The files that come with the demo. */
final class DemoData {

  private static final String CAPTURE = "pfsync-live-mcast.pcap";

  private DemoData() {}

  static byte[] file(String name) throws IOException {
    try (InputStream in = DemoData.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the demo's file " + name + " is missing from the jar");
      }
      return in.readAllBytes();
    }
  }

  /** The live connections a FreeBSD kernel told its peer of, each as it was last told. */
  static List<PfState> connections() throws IOException {
    Map<StateId, PfState> states = new LinkedHashMap<>();
    IpPacket packet = new IpPacket();
    try (PcapReader capture = new PcapReader(new ByteArrayInputStream(file(CAPTURE)))) {
      for (PcapRecord record : capture.readAll()) {
        packet.wrap(record.ip(), 0, record.ip().length, CAPTURE, record.atNanos());
        if (packet.check() == IpPacket.Check.OK && packet.protocol() == PfsyncNode.PROTOCOL) {
          int from = packet.payloadOffset();
          byte[] payload = Arrays.copyOfRange(packet.array(), from, from + packet.payloadLength());
          for (PfState state : PfsyncReader.states(payload, StateFormat.V1301)) {
            states.put(state.stateId(), state);
          }
        }
      }
    }
    List<PfState> live = new ArrayList<>(states.values());
    live.removeIf(DemoData::isOver);
    return live;
  }

  private static boolean isOver(PfState state) {
    return state.proto() == PfState.TCP
        && Math.max(state.src().state(), state.dst().state()) > StatePeer.ESTABLISHED;
  }
}
