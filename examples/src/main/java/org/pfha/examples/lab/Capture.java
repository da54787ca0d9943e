package org.pfha.examples.lab;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.pfha.net.pcap.PcapReader;
import org.pfha.net.pcap.PcapRecord;

/**
 * What the hosts of a {@link Lab} have sent: one tcpdump at each port of the switch, which sees
 * only what comes in there. Thread-safe.
 */
public final class Capture {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String WANTED =
      "proto 112 or ip6 proto 112 or proto 240 or ip6 proto 240 or arp or icmp or icmp6";

  private final List<Seen> seen = new ArrayList<>(); // guarded by itself

  Capture(Map<String, LabProcess> witnesses) throws IOException {
    for (LabProcess witness : witnesses.values()) {
      witness.await(line -> line.contains("listening on"), PATIENCE);
    }
    witnesses.forEach(
        (host, witness) -> {
          Thread reader = new Thread(() -> read(host, witness.output()), witness.toString());
          reader.setDaemon(true);
          reader.start();
        });
  }

  static List<String> command(String port) {
    return List.of(
        "tcpdump",
        "-i",
        port,
        "-Q",
        "in",
        "-n",
        "-U",
        "--immediate-mode",
        "--time-stamp-precision=nano",
        "-s",
        "2048",
        "-B",
        "8192",
        "-Z",
        "root",
        "-w",
        "-",
        WANTED);
  }

  private void read(String host, InputStream in) {
    try (PcapReader reader = new PcapReader(in)) {
      while (true) {
        Optional<PcapRecord> record = reader.next();
        if (record.isEmpty()) {
          return;
        }
        add(Seen.of(host, record.get().atNanos(), record.get().frame()));
      }
    } catch (IOException e) {
      // tcpdump was ended
    }
  }

  private void add(Seen frame) {
    synchronized (seen) {
      seen.add(frame);
      seen.notifyAll();
    }
  }

  /**
   * What was seen until now.
   *
   * @param wanted tells it from other frames
   * @return per host in the order of time
   */
  public List<Seen> all(Predicate<Seen> wanted) {
    synchronized (seen) {
      return seen.stream().filter(wanted).toList();
    }
  }

  /**
   * The last frame seen until now.
   *
   * @param wanted tells it from other frames
   * @return empty if there was none
   */
  public Optional<Seen> last(Predicate<Seen> wanted) {
    List<Seen> all = all(wanted);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** Forgets what was seen until now. */
  public void clear() {
    synchronized (seen) {
      seen.clear();
    }
  }

  /**
   * Waits for a frame.
   *
   * @param wanted tells it from other frames; those seen already count
   * @param most at most so long
   * @return the first such frame
   * @throws IOException with what was seen, if it has not come by then
   */
  public Seen await(Predicate<Seen> wanted, Duration most) throws IOException {
    return await(wanted, 1, most).get(0);
  }

  /**
   * Waits for some frames.
   *
   * @param wanted tells them from other frames; those seen already count
   * @param count how many
   * @param most at most so long
   * @return the first of them
   * @throws IOException with what was seen, if they have not come by then
   */
  public List<Seen> await(Predicate<Seen> wanted, int count, Duration most) throws IOException {
    long end = System.nanoTime() + most.toNanos();
    synchronized (seen) {
      List<Seen> found = new ArrayList<>();
      for (int looked = 0; ; ) {
        for (; looked < seen.size(); looked++) {
          if (wanted.test(seen.get(looked))) {
            found.add(seen.get(looked));
          }
        }
        long left = end - System.nanoTime();
        if (found.size() >= count) {
          return found;
        }
        if (left <= 0) {
          throw new IOException(
              "%d of %d frames came in %s; seen were\n%s"
                  .formatted(found.size(), count, most, tail()));
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(seen, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
      }
    }
  }

  /**
   * Lets time pass on the wire.
   *
   * @param time how long
   * @throws IOException if interrupted
   */
  public void watch(Duration time) throws IOException {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private String tail() {
    return String.join(
        "\n",
        seen.subList(Math.max(0, seen.size() - 40), seen.size()).stream()
            .map(Seen::toString)
            .toList());
  }
}
