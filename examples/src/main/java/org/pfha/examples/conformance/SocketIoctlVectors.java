package org.pfha.examples.conformance;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.kernel.KernelCarp;
import org.pfha.carp.kernel.KernelCarpException;
import org.pfha.carp.kernel.KernelVhid;
import org.pfha.pf.device.KernelPfsync;
import org.pfha.pf.device.KernelPfsyncConfig;
import org.pfha.pf.device.PfException;
import org.pfha.pf.device.PfRequest;

/** What is asked of a socket: the kernel's carp and pfsync, by their structures. */
final class SocketIoctlVectors {

  private static final HexFormat HEX = HexFormat.of();
  private static final long SIOCGETPFSYNC =
      PfRequest.word(PfRequest.IN | PfRequest.OUT, 'i', 248, 32);

  /** A kernel without nvlists for pfsync, so that the structure is used. */
  private static final int RELEASE_13 = 1_300_139;

  private static final int PFSYNCREQ = 28;

  private SocketIoctlVectors() {}

  static void run(String id, Json call, int osreldate, Report report) {
    String ifreq = call.get("input").text();
    byte[] pointed = RecordedCall.bytes(call.get("pointed_input").text());
    String ifname = name(HEX.parseHex(ifreq), 0);
    Map<Long, byte[]> reads =
        call.get("ioctl").text().equals("SIOCSETPFSYNC")
            ? Map.of(SIOCGETPFSYNC, new byte[PFSYNCREQ])
            : Map.of();
    RecordedCall calls = new RecordedCall(call, osreldate, reads);
    String outcome = outcome(call, calls, ifname, pointed);
    String expected = expected(call);
    if (outcome.equals("refused") && calls.requests.isEmpty()) {
      // what the kernel would refuse is not even asked of it
      report.check(id, expected, outcome);
      return;
    }
    String sent =
        calls.requests.isEmpty()
            ? "nothing"
            : calls.requests.get(0) + " -> " + calls.pointedTo.get(0);
    report.check(
        id,
        ifreq.replace("ee".repeat(8), "00".repeat(8))
            + " -> "
            + HEX.formatHex(pointed)
            + " = "
            + expected,
        sent + " = " + outcome);
  }

  private static String expected(Json call) {
    int errno = call.get("errno").integer();
    String ioctl = call.get("ioctl").text();
    if (errno == 0) {
      byte[] answer = RecordedCall.bytes(call.get("pointed_output").text());
      return String.valueOf(ioctl.equals("SIOCGVH") ? carpText(answer) : pfsyncText(answer));
    }
    if (ioctl.equals("SIOCGVH") && errno == 2) {
      return "absent";
    }
    return ioctl.equals("SIOCSVH") ? "refused" : "refused " + errno;
  }

  private static String outcome(Json call, RecordedCall calls, String ifname, byte[] pointed) {
    ByteBuffer in = host(pointed);
    try {
      switch (call.get("ioctl").text()) {
        case "SIOCGVH" -> {
          try (KernelCarp carp = KernelCarp.open(calls)) {
            Optional<KernelVhid> found = carp.vhid(ifname, in.getInt(4));
            return found.isEmpty() ? "absent" : carpText(found.get()).toString();
          }
        }
        case "SIOCSVH" -> {
          try (KernelCarp carp = KernelCarp.open(calls)) {
            return carp.create(KernelVhid.carp(ifname, in.getInt(4)), "passphrase").toString();
          }
        }
        case "SIOCGETPFSYNC" -> {
          try (KernelPfsync pfsync = KernelPfsync.open(calls)) {
            return pfsyncText(pfsync.config()).toString();
          }
        }
        case "SIOCSETPFSYNC" -> {
          try (KernelPfsync pfsync = KernelPfsync.open(calls)) {
            return pfsync.change(present -> config(pointed)).toString();
          }
        }
        default -> throw new IllegalArgumentException("the library does not make this request");
      }
    } catch (IllegalArgumentException e) {
      return "refused";
    } catch (KernelCarpException e) {
      return "refused " + e.errno();
    } catch (PfException e) {
      return "refused " + e.errno();
    }
  }

  private static RecordedCall answering(long word, Map<Long, byte[]> reads) {
    return new RecordedCall(word, 0, null, null, RELEASE_13, reads);
  }

  private static KernelPfsyncConfig config(byte[] pointed) {
    try (KernelPfsync pfsync = KernelPfsync.open(answering(0, Map.of(SIOCGETPFSYNC, pointed)))) {
      return pfsync.config();
    } catch (PfException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Map<String, Object> carpText(byte[] answer) {
    ByteBuffer in = host(answer);
    Map<String, Object> text = new TreeMap<>();
    text.put("vhid", String.valueOf(in.getInt(4)));
    text.put("state", String.valueOf(in.getInt(8)));
    text.put("advskew", String.valueOf(in.getInt(12)));
    text.put("advbase", String.valueOf(in.getInt(16)));
    return text;
  }

  private static Map<String, Object> carpText(KernelVhid host) {
    Map<String, Object> text = new TreeMap<>();
    text.put("vhid", String.valueOf(host.vhid()));
    text.put(
        "state",
        switch (host.role()) {
          case INIT -> "0";
          case BACKUP -> "1";
          case MASTER -> "2";
        });
    text.put("advskew", String.valueOf(host.advskew()));
    text.put("advbase", String.valueOf(host.advbase()));
    return text;
  }

  private static Map<String, Object> pfsyncText(byte[] answer) {
    ByteBuffer in = host(answer);
    Map<String, Object> text = new TreeMap<>();
    text.put("syncdev", name(answer, 0));
    int peer = ByteBuffer.wrap(answer).getInt(16);
    text.put(
        "syncpeer",
        "%d.%d.%d.%d".formatted(peer >>> 24, peer >> 16 & 0xff, peer >> 8 & 0xff, peer & 0xff));
    text.put("maxupdates", String.valueOf(in.getInt(20)));
    text.put("defer", String.valueOf(in.getInt(24)));
    return text;
  }

  private static Map<String, Object> pfsyncText(KernelPfsyncConfig config) {
    Map<String, Object> text = new TreeMap<>();
    text.put("syncdev", config.syncdev());
    @Nullable InetAddress peer = config.peer();
    text.put("syncpeer", peer == null ? "224.0.0.240" : PfStructText.text(peer));
    text.put("maxupdates", String.valueOf(config.maxUpdates()));
    text.put("defer", config.defer() ? "1" : "0");
    return text;
  }

  private static String name(byte[] bytes, int at) {
    int end = at;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, at, end - at, StandardCharsets.US_ASCII);
  }

  private static ByteBuffer host(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }
}
