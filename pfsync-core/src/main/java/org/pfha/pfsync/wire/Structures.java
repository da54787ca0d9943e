package org.pfha.pfsync.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * The structures of the protocol, declared as their C headers declare them (spec pfsync 2, 5, 20).
 * All offsets and sizes of this package come from here.
 */
final class Structures {

  static final Layout HEADER =
      Layout.of(
          "pfsync_header",
          """
          u8 version
          pad1
          be16 len
          bytes16 pfcksum
          """);

  static final Layout SECTION =
      Layout.of(
          "pfsync_subheader",
          """
          u8 action
          pad1
          be16 count
          """);

  private static final Layout ADDRESS = Layout.of("pf_addr", "bytes16 addr8");

  static final Layout KEY =
      Layout.of(
          "state_key",
          """
          addr addr[0]
          addr addr[1]
          be16 port[0]
          be16 port[1]
          """);

  private static final Layout SCRUB =
      Layout.of(
          "state_scrub",
          """
          be16 pfss_flags
          u8 pfss_ttl
          u8 scrub_flag
          be32 pfss_ts_mod
          """);

  static final Layout PEER =
      Layout.of(
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
      Layout.of(
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
      Layout.of(
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
      Layout.of(
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
      Layout.of(
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

  static final Layout INS_ACK = Layout.of("pfsync_ins_ack", NAMED);
  private static final Layout UPD_REQ = Layout.of("pfsync_upd_req", NAMED);
  private static final Layout DEL_C = Layout.of("pfsync_del_c", NAMED);

  static final Layout UPD_C =
      Layout.of(
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
      Layout.of(
          "pfsync_bus",
          """
          id32 creatorid
          be32 endtime
          u8 status
          pad3
          """);

  static final Layout TDB =
      Layout.of(
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
      Layout.of(
          "pfsync_subheader",
          """
          u8 action
          u8 len
          be16 count
          """);

  private static final Layout KEY_OPENBSD =
      Layout.of(
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
      Layout.of("pfsync_state_peer", "state_peer peer", PEER);

  static final Layout STATE_OPENBSD =
      Layout.of(
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
      Layout.of(
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
      Layout.of(
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

  private Structures() {}

  static List<Layout> of(StateFormat format) {
    if (format == StateFormat.OPENBSD6) {
      return List.of(
          HEADER,
          SECTION_OPENBSD,
          KEY_OPENBSD,
          PEER_OPENBSD,
          STATE_OPENBSD,
          CLR,
          INS_ACK,
          UPD_C_OPENBSD,
          UPD_REQ,
          DEL_C,
          BUS,
          TDB_OPENBSD);
    }
    List<Layout> known =
        new ArrayList<>(
            List.of(
                HEADER,
                SECTION,
                ADDRESS,
                KEY,
                SCRUB,
                PEER,
                CLR,
                INS_ACK,
                UPD_C,
                UPD_REQ,
                DEL_C,
                BUS,
                TDB,
                STATE_1301));
    if (format != StateFormat.V1301) {
      known.add(STATE_1400);
    }
    if (format == StateFormat.V1500) {
      known.add(STATE_1500);
    }
    return List.copyOf(known);
  }
}
