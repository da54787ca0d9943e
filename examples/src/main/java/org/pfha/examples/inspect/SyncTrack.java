package org.pfha.examples.inspect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.StateId;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.Message;
import org.pfha.pfsync.wire.PfsyncReader.Check;
import org.pfha.pfsync.wire.StateFormat;

/**
 * What pfsync told in a capture: by sender, by creator, bulk transfers, and which states were asked
 * for again, which is how loss shows. Confined to one thread.
 */
final class SyncTrack {

  /** What one host sent. */
  static final class Sender {
    private int packets;
    private long bytes;
    private final Map<String, Long> messages = new TreeMap<>();
    private final Set<String> formats = new TreeSet<>();
    private final Set<String> rulesets = new TreeSet<>();
    private long asked;

    int packets() {
      return packets;
    }

    /** IP payload. */
    long bytes() {
      return bytes;
    }

    /** How many of each action. */
    Map<String, Long> messages() {
      return messages;
    }

    /** Formats of its full states. */
    Set<String> formats() {
      return formats;
    }

    /** Ruleset checksums, hexadecimal. */
    Set<String> rulesets() {
      return rulesets;
    }

    /** Single states that it asked for again. */
    long asked() {
      return asked;
    }
  }

  /** What became of the states of one creator. */
  static final class Creator {
    private final Set<Long> seen = new HashSet<>();
    private final Set<Long> alive = new HashSet<>();
    private long inserted;
    private long updates;
    private long deleted;
    private long unknown;

    /** Inserts, and full updates of states not seen before. */
    long inserted() {
      return inserted;
    }

    /** Full and compressed. */
    long updates() {
      return updates;
    }

    long deleted() {
      return deleted;
    }

    /** Seen in full, and neither deleted nor cleared. */
    int alive() {
      return alive.size();
    }

    /** States named without having been seen in full: older than the capture, or lost. */
    long unknown() {
      return unknown;
    }
  }

  /** A bulk transfer. */
  static final class Bulk {
    private final String sender;
    private final long fromNanos;
    private long untilNanos;
    private long states;
    private boolean ended;
    private boolean begunAgain;

    private Bulk(String sender, long atNanos) {
      this.sender = sender;
      this.fromNanos = atNanos;
      this.untilNanos = atNanos;
    }

    String sender() {
      return sender;
    }

    long fromNanos() {
      return fromNanos;
    }

    long untilNanos() {
      return untilNanos;
    }

    /** Full updates that its sender sent meanwhile. */
    long states() {
      return states;
    }

    /** Whether its end was captured. */
    boolean isEnded() {
      return ended;
    }

    /** Whether it was given up for another one, which a second request makes hosts do. */
    boolean isBegunAgain() {
      return begunAgain;
    }
  }

  /** As many states are remembered at most, whatever a capture holds. */
  private static final int MOST_STATES = 4_000_000;

  /** Hosts and creators beyond are counted as one: nobody has so many, but forged packets. */
  private static final int MOST_NAMES = 1024;

  /** A host loads new rules now and then. */
  private static final int MOST_RULESETS = 16;

  private static final HexFormat HEX = HexFormat.of();

  private final Map<String, Sender> senders = new TreeMap<>();
  private final Map<Integer, Creator> creators = new TreeMap<>(Integer::compareUnsigned);
  private final List<Bulk> bulks = new ArrayList<>();
  private final Map<String, Bulk> running = new HashMap<>();
  private final Map<StateId, Boolean> asked = new LinkedHashMap<>();
  private final Creator otherCreators = new Creator();
  private int remembered;

  /** The name of a message's action; OpenBSD's differ from FreeBSD's. */
  static String name(Message message, StateFormat format) {
    int action = message.action();
    if (format == StateFormat.OPENBSD6) {
      if (action == Action.OPENBSD_INS) {
        return "INS";
      }
      if (action == Action.OPENBSD_UPD) {
        return "UPD";
      }
      if (action == Action.OPENBSD_TDB) {
        return "TDB";
      }
    }
    if (message instanceof Message.Bulk bulk) {
      return bulk.status() == Action.BUS_START
          ? "BUS_START"
          : bulk.status() == Action.BUS_END ? "BUS_END" : "BUS";
    }
    return Action.name(action);
  }

  /** Returns what an operator wants to hear of at once, or null. */
  @Nullable String heard(Heard.Pfsync packet) {
    String from = packet.envelope().from();
    boolean known = senders.size() < MOST_NAMES || senders.containsKey(from);
    Sender sender = senders.computeIfAbsent(known ? from : "others", any -> new Sender());
    sender.packets++;
    sender.bytes += packet.length();
    if (sender.rulesets.size() < MOST_RULESETS && packet.decoded().check() == Check.OK) {
      sender.rulesets.add(HEX.formatHex(packet.decoded().packet().checksum()));
    }
    String news = null;
    for (Message message : packet.decoded().packet().messages()) {
      sender.messages.merge(name(message, packet.format()), 1L, Long::sum);
      if (message instanceof Message.FullState full) {
        sender.formats.add(packet.format().text());
        full(full, from, packet.format());
      } else if (message instanceof Message.Update update) {
        Creator creator = creator(update.creatorId());
        creator.updates++;
        mention(creator, update.id());
      } else if (message instanceof Message.Named named) {
        news = named(named, sender, from, news);
      } else if (message instanceof Message.Clear clear) {
        news = clear(clear, from);
      } else if (message instanceof Message.Bulk bulk) {
        news = bulk(bulk, from, packet.envelope().atNanos());
      }
    }
    return news;
  }

  private Creator creator(int id) {
    boolean known = creators.size() < MOST_NAMES || creators.containsKey(id);
    return known ? creators.computeIfAbsent(id, any -> new Creator()) : otherCreators;
  }

  private void full(Message.FullState full, String from, StateFormat format) {
    Creator creator = creator(full.state().creatorId());
    long id = full.state().id();
    boolean isNew = remember(creator, id);
    if (full.action() == Action.DEL) {
      delete(creator, id);
      return;
    }
    boolean isInsert = format.isInsert(full.action());
    if (isInsert || isNew) {
      creator.inserted++;
    }
    if (!isInsert) {
      creator.updates++;
      Bulk bulk = running.get(from);
      if (bulk != null) {
        bulk.states++;
      }
    }
    creator.alive.add(id);
    asked.computeIfPresent(full.state().stateId(), (any, answered) -> true);
  }

  private boolean remember(Creator creator, long id) {
    if (remembered >= MOST_STATES || !creator.seen.add(id)) {
      return false;
    }
    remembered++;
    return true;
  }

  private void mention(Creator creator, long id) {
    if (!creator.alive.contains(id) && remember(creator, id)) {
      creator.unknown++;
    }
  }

  private static void delete(Creator creator, long id) {
    creator.deleted++;
    creator.alive.remove(id);
  }

  private @Nullable String named(
      Message.Named named, Sender sender, String from, @Nullable String news) {
    if (named.action() == Action.UPD_REQ) {
      if (named.id() == 0 && named.creatorId() == 0) {
        return "%s asks for all states".formatted(from);
      }
      sender.asked++;
      if (asked.size() < MOST_STATES) {
        asked.putIfAbsent(named.stateId(), false);
      }
    } else if (named.action() == Action.DEL_C) {
      Creator creator = creator(named.creatorId());
      mention(creator, named.id());
      delete(creator, named.id());
    }
    return news;
  }

  private String clear(Message.Clear clear, String from) {
    Creator creator = creator(clear.creatorId());
    if (clear.ifname().isEmpty()) {
      creator.deleted += creator.alive.size();
      creator.alive.clear();
    }
    return "%s clears the states of creator %08x%s"
        .formatted(
            from, clear.creatorId(), clear.ifname().isEmpty() ? "" : " on " + clear.ifname());
  }

  private String bulk(Message.Bulk message, String from, long atNanos) {
    if (message.status() == Action.BUS_START) {
      Bulk bulk = new Bulk(from, atNanos);
      bulks.add(bulk);
      Bulk before = running.put(from, bulk);
      if (before != null) {
        before.begunAgain = true;
      }
      return "%s begins a bulk transfer".formatted(from);
    }
    Bulk bulk = running.remove(from);
    if (bulk == null) {
      return "%s ends a bulk transfer that began before the capture".formatted(from);
    }
    bulk.untilNanos = atNanos;
    bulk.ended = true;
    return "%s ends a bulk transfer of %d states".formatted(from, bulk.states);
  }

  Map<String, Sender> senders() {
    return senders;
  }

  Map<Integer, Creator> creators() {
    return creators;
  }

  List<Bulk> bulks() {
    return bulks;
  }

  /** States that somebody asked for again. */
  int askedStates() {
    return asked.size();
  }

  /** How many of those were then sent in full. */
  long answeredStates() {
    return asked.values().stream().filter(answered -> answered).count();
  }

  /** Whether senders have different rulesets: rule numbers are then not taken over. */
  boolean rulesetsDiffer() {
    Set<String> all = new TreeSet<>();
    senders.values().forEach(sender -> all.addAll(sender.rulesets));
    return all.size() > 1 && senders.size() > 1;
  }

  /** Whether senders use different formats of full states. */
  boolean formatsDiffer() {
    Set<String> all = new TreeSet<>();
    senders.values().forEach(sender -> all.addAll(sender.formats));
    return all.size() > 1;
  }
}
