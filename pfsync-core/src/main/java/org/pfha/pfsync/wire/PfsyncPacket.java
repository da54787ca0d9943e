package org.pfha.pfsync.wire;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pfha.pfsync.wire.PfsyncReader.Check;
import org.pfha.pfsync.wire.PfsyncReader.Step;

/**
 * A whole packet as a value: what a tool, a test or a translator works with. Immutable.
 *
 * @param release the newest format of the release that speaks so
 * @param checksum 16 bytes standing for the sender's ruleset
 * @param sections in their order, EOF left out
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode look into it
public record PfsyncPacket(StateFormat release, byte[] checksum, List<Section> sections) {

  /**
   * A section. Immutable.
   *
   * @param action of all its messages
   * @param messages none for a section that only says so
   */
  public record Section(int action, List<Message> messages) {

    /** Copies the list. */
    public Section {
      messages = List.copyOf(messages);
      for (Message message : messages) {
        checkArgument(
            message.action() == action, "%s stands in a section of action %s", message, action);
      }
    }
  }

  /**
   * A packet as far as it could be read. Immutable.
   *
   * @param check what is wrong with the header; nothing was read unless it is OK
   * @param end where reading stopped; {@link Step#EOF} or {@link Step#END} if nothing is missing
   * @param packet what was read; messages out of range are left out
   * @param rejected why, one for each message left out
   */
  public record Decoded(Check check, Step end, PfsyncPacket packet, List<FieldCheck> rejected) {

    /** Copies the list. */
    public Decoded {
      rejected = List.copyOf(rejected);
    }

    /**
     * Whether every byte was understood.
     *
     * @return true for a packet that ends well and had no message out of range
     */
    public boolean isComplete() {
      return check == Check.OK && (end == Step.EOF || end == Step.END) && rejected.isEmpty();
    }
  }

  /** Copies what could change. */
  public PfsyncPacket {
    checkArgument(
        checksum.length == PfsyncReader.CHECKSUM_SIZE,
        "ruleset checksum has %s bytes, not 16",
        checksum.length);
    checksum = checksum.clone();
    sections = List.copyOf(sections);
  }

  @Override
  public byte[] checksum() {
    return checksum.clone();
  }

  /**
   * All messages.
   *
   * @return in their order
   */
  public List<Message> messages() {
    return sections.stream().flatMap(section -> section.messages.stream()).toList();
  }

  /**
   * Reads a packet, whatever its bytes.
   *
   * @param bytes hold the IP payload
   * @param offset of the payload
   * @param length of the payload
   * @param release the newest format of the receiver
   * @return what was understood
   */
  public static Decoded decode(byte[] bytes, int offset, int length, StateFormat release) {
    PfsyncReader reader = new PfsyncReader(release).wrap(bytes, offset, length);
    Check check = reader.check();
    List<Section> sections = new ArrayList<>();
    List<FieldCheck> rejected = new ArrayList<>();
    if (check != Check.OK) {
      byte[] none = new byte[PfsyncReader.CHECKSUM_SIZE];
      return new Decoded(check, Step.END, new PfsyncPacket(release, none, sections), rejected);
    }
    Step step;
    while ((step = reader.next(true)) == Step.SECTION) {
      List<Message> messages = new ArrayList<>();
      for (int i = 0; i < reader.count() && reader.hasMessage(i); i++) {
        Message message = message(reader, bytes, i, release, rejected);
        if (message != null) {
          messages.add(message);
        }
      }
      sections.add(new Section(reader.action(), messages));
    }
    PfsyncPacket packet = new PfsyncPacket(release, reader.checksum(), sections);
    return new Decoded(check, step, packet, rejected);
  }

  private static @Nullable Message message(
      PfsyncReader reader, byte[] bytes, int i, StateFormat release, List<FieldCheck> rejected) {
    int action = reader.action();
    int at = reader.messageAt(i);
    StateFormat carried = reader.stateFormat();
    if (carried != null) {
      StateView view = new StateView(carried, release).wrap(bytes, at);
      FieldCheck check = view.check();
      if (check != FieldCheck.OK) {
        rejected.add(check);
        return null;
      }
      return new Message.FullState(action, view.state());
    }
    boolean wideTdb = release == StateFormat.OPENBSD6 && action == Action.OPENBSD_TDB;
    if (wideTdb || action == Action.TDB) {
      return tdb(new TdbView(wideTdb).wrap(bytes, at), wideTdb);
    }
    return switch (action) {
      case Action.UPD_C -> {
        UpdateView view = new UpdateView(release).wrap(bytes, at);
        FieldCheck check = view.check();
        if (check != FieldCheck.OK) {
          rejected.add(check);
          yield null;
        }
        yield new Message.Update(
            view.id(),
            view.creatorId(),
            view.src(),
            view.dst(),
            view.timeout(),
            view.expire(),
            view.stateFlags());
      }
      case Action.CLR -> new Message.Clear(reader.clearInterface(i), reader.creatorId(i));
      case Action.BUS ->
          new Message.Bulk(reader.creatorId(i), reader.busEndTime(i), reader.busStatus(i));
      default -> new Message.Named(action, reader.id(i), reader.creatorId(i));
    };
  }

  private static Message tdb(TdbView view, boolean wide) {
    return new Message.Tdb(
        wide,
        view.spi(),
        view.destination(),
        view.replay(),
        view.bytes(),
        view.proto(),
        view.updates(),
        view.routingDomain());
  }

  /**
   * The packet's bytes, sections as they are.
   *
   * @return an IP payload
   * @throws IllegalStateException if a section or the packet is larger than the protocol allows
   */
  public byte[] encode() {
    byte[] buffer = new byte[0xffff];
    PfsyncWriter writer = new PfsyncWriter(release).begin(buffer, 0, buffer.length, checksum);
    for (Section section : sections) {
      writer.split();
      section.messages.forEach(writer::message);
    }
    return Arrays.copyOf(buffer, writer.end());
  }

  /**
   * Packs messages into as few packets as their order allows, consecutive ones of one action into
   * one section.
   *
   * @param messages in the order in which a receiver shall see them
   * @param writer of the release that is to understand them
   * @param budget most bytes of a packet, see {@link StateFormat#payloadLimit}
   * @param checksum 16 bytes standing for the sender's ruleset
   * @return IP payloads
   */
  public static List<byte[]> pack(
      List<Message> messages, PfsyncWriter writer, int budget, byte[] checksum) {
    List<byte[]> packets = new ArrayList<>();
    byte[] buffer = new byte[budget];
    writer.begin(buffer, 0, budget, checksum);
    for (Message message : messages) {
      if (!writer.fits(message.action()) && !writer.isEmpty()) {
        packets.add(Arrays.copyOf(buffer, writer.end()));
        writer.begin(buffer, 0, budget, checksum);
      }
      writer.message(message);
    }
    if (!writer.isEmpty()) {
      packets.add(Arrays.copyOf(buffer, writer.end()));
    }
    return packets;
  }

  /**
   * Messages in the order of sections that a release's kernel keeps; those of one action keep
   * theirs.
   *
   * @param messages in any order
   * @param release whose order
   * @return the same messages
   */
  public static List<Message> inSectionOrder(List<Message> messages, StateFormat release) {
    List<Integer> order = release.sectionOrder();
    return messages.stream()
        .sorted(Comparator.comparingInt(message -> order.indexOf(message.action())))
        .toList();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PfsyncPacket that
        && release == that.release
        && Arrays.equals(checksum, that.checksum)
        && sections.equals(that.sections);
  }

  @Override
  public int hashCode() {
    return Objects.hash(release, Arrays.hashCode(checksum), sections);
  }

  @Override
  public String toString() {
    return "PfsyncPacket[release=%s, checksum=%s, sections=%s]"
        .formatted(release, HexFormat.of().formatHex(checksum), sections);
  }
}
