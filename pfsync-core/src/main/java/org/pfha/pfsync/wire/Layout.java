package org.pfha.pfsync.wire;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A packed structure of the protocol: which fields it has, in which order, how wide each is. All
 * offsets and sizes of this package come from the declarations here (spec pfsync 2, 5 and 20);
 * nothing is padded but by a {@code pad} that is written out. Immutable.
 */
public final class Layout {

  /** How a field is encoded; multi-byte numbers are big-endian. */
  public enum Encoding {
    /** One byte. */
    U8,
    /** An unsigned number of two bytes. */
    BE16,
    /** An unsigned number of four bytes. */
    BE32,
    /** A signed number of four bytes. */
    BE32S,
    /** An unsigned number of eight bytes. */
    BE64,
    /** Four opaque bytes. */
    ID32,
    /** Eight opaque bytes. */
    ID64,
    /** Text, ended by a NUL and filled up with them. */
    CSTR,
    /** An address slot of 16 bytes; IPv4 in the first four. */
    ADDR,
    /** Opaque bytes. */
    BYTES,
    /** A BSD socket address. */
    SOCKADDR,
    /** Zeros. */
    PAD,
    /** Another structure; its fields follow under names that begin with this one's. */
    STRUCT;

    /**
     * The name in declarations.
     *
     * @return in lower case
     */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One field. Immutable.
   *
   * @param name the protocol's own
   * @param offset bytes from the start of the structure
   * @param size bytes
   * @param encoding what the bytes mean
   */
  public record Field(String name, int offset, int size, Encoding encoding) {}

  static final Layout HEADER =
      of(
          "pfsync_header",
          """
          u8 version
          pad1
          be16 len
          bytes16 pfcksum
          """);

  static final Layout SECTION =
      of(
          "pfsync_subheader",
          """
          u8 action
          pad1
          be16 count
          """);

  private static final Layout ADDRESS = of("pf_addr", "bytes16 addr8");

  static final Layout KEY =
      of(
          "state_key",
          """
          addr addr[0]
          addr addr[1]
          be16 port[0]
          be16 port[1]
          """);

  private static final Layout SCRUB =
      of(
          "state_scrub",
          """
          be16 pfss_flags
          u8 pfss_ttl
          u8 scrub_flag
          be32 pfss_ts_mod
          """);

  static final Layout PEER =
      of(
          "state_peer",
          """
          state_scrub scrub
          be32 seqlo
          be32 seqhi
          be32 seqdiff
          be16 max_win
          be16 mss
          u8 state
          u8 wscale
          pad6
          """,
          SCRUB);

  private static final String STATE_HEAD =
      """
      id64 id
      cstr16 ifname
      state_key key[0]
      state_key key[1]
      state_peer src
      state_peer dst
      addr rt_addr
      be32 rule
      be32 anchor
      be32 nat_rule
      be32 creation
      be32 expire
      be64 packets[0]
      be64 packets[1]
      be64 bytes[0]
      be64 bytes[1]
      id32 creatorid
      """;

  static final Layout STATE_1301 =
      of(
          "pfsync_state_1301",
          STATE_HEAD
              + """
              u8 af
              u8 proto
              u8 direction
              pad2
              u8 log
              u8 state_flags
              u8 timeout
              u8 sync_flags
              u8 updates
              """,
          KEY,
          PEER);

  static final Layout STATE_1400 =
      of(
          "pfsync_state_1400",
          STATE_HEAD
              + """
              u8 af
              u8 proto
              u8 direction
              be16 state_flags
              u8 log
              pad1
              u8 timeout
              u8 sync_flags
              u8 updates
              be16 qid
              be16 pqid
              be16 dnpipe
              be16 dnrpipe
              be32s rtableid
              u8 min_ttl
              u8 set_tos
              be16 max_mss
              u8 set_prio[0]
              u8 set_prio[1]
              u8 rt
              cstr16 rt_ifname
              """,
          KEY,
          PEER);

  static final Layout STATE_1500 =
      of(
          "pfsync_state_1500",
          STATE_HEAD
              + """
              cstr64 tagname
              cstr16 rt_ifname
              cstr16 orig_ifname
              be32s rtableid
              be16 state_flags
              be16 qid
              be16 pqid
              be16 dnpipe
              be16 dnrpipe
              be16 max_mss
              u8 wire_af
              u8 stack_af
              u8 rt_af
              u8 wire_proto
              u8 stack_proto
              u8 log
              u8 timeout
              u8 direction
              u8 rt
              u8 min_ttl
              u8 set_tos
              u8 set_prio[0]
              u8 set_prio[1]
              pad3
              """,
          KEY,
          PEER);

  static final Layout CLR =
      of(
          "pfsync_clr",
          """
          cstr16 ifname
          id32 creatorid
          """);

  private static final String NAMED =
      """
      id64 id
      id32 creatorid
      """;

  static final Layout INS_ACK = of("pfsync_ins_ack", NAMED);
  private static final Layout UPD_REQ = of("pfsync_upd_req", NAMED);
  private static final Layout DEL_C = of("pfsync_del_c", NAMED);

  static final Layout UPD_C =
      of(
          "pfsync_upd_c",
          """
          id64 id
          state_peer src
          state_peer dst
          id32 creatorid
          be32 expire
          u8 timeout
          pad3
          """,
          PEER);

  static final Layout BUS =
      of(
          "pfsync_bus",
          """
          id32 creatorid
          be32 endtime
          u8 status
          pad3
          """);

  static final Layout TDB =
      of(
          "pfsync_tdb",
          """
          be32 spi
          sockaddr28 dst
          be32 rpl
          be64 cur_bytes
          u8 sproto
          u8 updates
          pad2
          """);

  static final Layout SECTION_OPENBSD =
      of(
          "pfsync_subheader",
          """
          u8 action
          u8 len
          be16 count
          """);

  private static final Layout KEY_OPENBSD =
      of(
          "pfsync_state_key",
          """
          addr addr[0]
          addr addr[1]
          be16 port[0]
          be16 port[1]
          be16 rdomain
          u8 af
          pad1
          """);

  private static final Layout PEER_OPENBSD =
      of("pfsync_state_peer", "state_peer peer", PEER);

  static final Layout STATE_OPENBSD =
      of(
          "pfsync_state",
          STATE_HEAD.replace("state_key", "pfsync_state_key")
              + """
              be32s rtableid[0]
              be32s rtableid[1]
              be16 max_mss
              u8 af
              u8 proto
              u8 direction
              u8 log
              u8 rt
              u8 timeout
              u8 sync_flags
              u8 updates
              u8 min_ttl
              u8 set_tos
              be16 state_flags
              u8 set_prio[0]
              u8 set_prio[1]
              """,
          KEY_OPENBSD,
          PEER);

  static final Layout UPD_C_OPENBSD =
      of(
          "pfsync_upd_c",
          """
          id64 id
          state_peer src
          state_peer dst
          id32 creatorid
          be32 expire
          u8 timeout
          u8 state_flags
          pad2
          """,
          PEER);

  static final Layout TDB_OPENBSD =
      of(
          "pfsync_tdb",
          """
          be32 spi
          sockaddr28 dst
          be64 rpl
          be64 cur_bytes
          u8 sproto
          u8 updates
          be16 rdomain
          """);

  /** Bytes of an interface name, NUL included. */
  static final int IFNAME_SIZE = 16;

  private final String name;
  private final int size;
  private final List<Field> fields;
  private final Map<String, Field> byName;

  private Layout(String name, int size, List<Field> fields) {
    this.name = name;
    this.size = size;
    this.fields = List.copyOf(fields);
    this.byName =
        fields.stream()
            .filter(field -> field.encoding != Encoding.PAD)
            .collect(java.util.stream.Collectors.toUnmodifiableMap(Field::name, field -> field));
  }

  private static Layout of(String name, String declaration, Layout... parts) {
    List<Field> fields = new ArrayList<>();
    int at = 0;
    for (String line : declaration.lines().toList()) {
      String[] words = line.split(" ");
      String fieldName = words.length > 1 ? words[1] : "";
      Layout part = null;
      for (Layout candidate : parts) {
        part = candidate.name.equals(words[0]) ? candidate : part;
      }
      if (part == null) {
        Field field = primitive(words[0], fieldName, at);
        fields.add(field);
        at += field.size;
        continue;
      }
      fields.add(new Field(fieldName, at, part.size, Encoding.STRUCT));
      for (Field inner : part.fields) {
        fields.add(
            new Field(
                fieldName + "." + inner.name, at + inner.offset, inner.size, inner.encoding));
      }
      at += part.size;
    }
    return new Layout(name, at, fields);
  }

  private static Field primitive(String type, String name, int at) {
    return switch (type) {
      case "u8" -> new Field(name, at, 1, Encoding.U8);
      case "be16" -> new Field(name, at, 2, Encoding.BE16);
      case "be32" -> new Field(name, at, 4, Encoding.BE32);
      case "be32s" -> new Field(name, at, 4, Encoding.BE32S);
      case "be64" -> new Field(name, at, 8, Encoding.BE64);
      case "id32" -> new Field(name, at, 4, Encoding.ID32);
      case "id64" -> new Field(name, at, 8, Encoding.ID64);
      case "addr" -> new Field(name, at, 16, Encoding.ADDR);
      default -> {
        String letters = type.replaceAll("[0-9]+$", "");
        int size = Integer.parseInt(type.substring(letters.length()));
        yield new Field(name, at, size, Encoding.valueOf(letters.toUpperCase(Locale.ROOT)));
      }
    };
  }

  /**
   * Every structure that a release knows.
   *
   * @param format the newest format of that release
   * @return header, section header, parts and messages
   */
  public static List<Layout> of(StateFormat format) {
    if (format == StateFormat.OPENBSD6) {
      return List.of(
          HEADER, SECTION_OPENBSD, KEY_OPENBSD, PEER_OPENBSD, STATE_OPENBSD, CLR, INS_ACK,
          UPD_C_OPENBSD, UPD_REQ, DEL_C, BUS, TDB_OPENBSD);
    }
    List<Layout> known =
        new ArrayList<>(
            List.of(
                HEADER, SECTION, ADDRESS, KEY, SCRUB, PEER, CLR, INS_ACK, UPD_C, UPD_REQ, DEL_C,
                BUS, TDB, STATE_1301));
    if (format != StateFormat.V1301) {
      known.add(STATE_1400);
    }
    if (format == StateFormat.V1500) {
      known.add(STATE_1500);
    }
    return List.copyOf(known);
  }

  /**
   * What the protocol calls this structure.
   *
   * @return such as {@code pfsync_upd_c}
   */
  public String name() {
    return name;
  }

  /**
   * How large it is.
   *
   * @return bytes
   */
  public int size() {
    return size;
  }

  /**
   * Its fields in their order; a {@link Encoding#STRUCT} is followed by its own.
   *
   * @return an immutable list
   */
  public List<Field> fields() {
    return fields;
  }

  /**
   * Whether there is a field of that name.
   *
   * @param field such as {@code src.seqlo}
   * @return false in a format that does not carry it
   */
  public boolean has(String field) {
    return byName.containsKey(field);
  }

  /**
   * Where a field is.
   *
   * @param field such as {@code src.seqlo}
   * @return bytes from the start of the structure
   * @throws IllegalArgumentException if there is none of that name
   */
  public int offset(String field) {
    Field found = byName.get(field);
    checkArgument(found != null, "%s has no field '%s'", name, field);
    return found.offset;
  }

  /** Where a field is, or {@code otherwise} in a format that does not carry it. */
  int offset(String field, int otherwise) {
    Field found = byName.get(field);
    return found == null ? otherwise : found.offset;
  }

  int width(String field) {
    offset(field);
    return java.util.Objects.requireNonNull(byName.get(field)).size;
  }

  @Override
  public String toString() {
    return name + " (" + size + " bytes)";
  }
}
