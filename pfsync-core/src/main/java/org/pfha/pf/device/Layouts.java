package org.pfha.pf.device;

/**
 * Offsets of the structures of {@code /dev/pf}, 64 bits (spec pf-ioctl 4 and 5). The fields are
 * host order unless noted; addresses, ports and ids of states are network order everywhere.
 */
final class Layouts {

  private Layouts() {}

  /** Makes sure that every structure is declared. */
  static void load() {}

  static final int IFNAME = 16;
  static final int TABLE_NAME = 32;
  static final int LABEL = 64;
  static final int PATH = 1024;
  static final int ADDRESS = 16;

  static final KernelLayout PFIOC_NV = KernelLayout.of("pfioc_nv", 24);
  static final int NV_DATA = PFIOC_NV.field("data", 0, 8);
  static final int NV_LEN = PFIOC_NV.field("len", 8, 8);
  static final int NV_SIZE = PFIOC_NV.field("size", 16, 8);

  /** Up to 14; counts are [family][direction][passed, blocked, unused] and [family][direction]. */
  static final KernelLayout PF_STATUS = KernelLayout.of("pf_status", 416, 13, 14);

  static final int STATUS_COUNTERS = PF_STATUS.field("counters", 0, 128);
  static final int STATUS_LCOUNTERS = PF_STATUS.field("lcounters", 128, 56);
  static final int STATUS_FCOUNTERS = PF_STATUS.field("fcounters", 184, 24);
  static final int STATUS_SCOUNTERS = PF_STATUS.field("scounters", 208, 24);
  static final int STATUS_PCOUNTERS = PF_STATUS.field("pcounters", 232, 96);
  static final int STATUS_BCOUNTERS = PF_STATUS.field("bcounters", 328, 32);
  static final int STATUS_RUNNING = PF_STATUS.field("running", 360, 4);
  static final int STATUS_STATES = PF_STATUS.field("states", 364, 4);
  static final int STATUS_SRC_NODES = PF_STATUS.field("src_nodes", 368, 4);
  static final int STATUS_SINCE = PF_STATUS.field("since", 372, 4);
  static final int STATUS_DEBUG = PF_STATUS.field("debug", 376, 4);

  /** Network order. */
  static final int STATUS_HOSTID = PF_STATUS.field("hostid", 380, 4);

  static final int STATUS_IFNAME = PF_STATUS.field("ifname", 384, IFNAME);
  static final int STATUS_CHKSUM = PF_STATUS.field("pf_chksum", 400, 16);

  static final KernelLayout PFIOC_IF = KernelLayout.of("pfioc_if", 16);
  static final int IF_NAME = PFIOC_IF.field("ifname", 0, IFNAME);

  static final KernelLayout PFIOC_TM = KernelLayout.of("pfioc_tm", 8);
  static final int TM_TIMEOUT = PFIOC_TM.field("timeout", 0, 4);
  static final int TM_SECONDS = PFIOC_TM.field("seconds", 4, 4);

  static final KernelLayout PFIOC_LIMIT = KernelLayout.of("pfioc_limit", 8);
  static final int LIMIT_INDEX = PFIOC_LIMIT.field("index", 0, 4);
  static final int LIMIT_LIMIT = PFIOC_LIMIT.field("limit", 4, 4);

  /** The 242-byte record, packed, network order throughout. */
  static final KernelLayout PFIOC_STATE = KernelLayout.of("pfioc_state", 242);

  static final int STATE_FLAGS = PFIOC_STATE.field("state.state_flags", 238, 1);

  static {
    PFIOC_STATE.field("state.id", 0, 8);
    PFIOC_STATE.field("state.ifname", 8, IFNAME);
    PFIOC_STATE.field("state.key", 24, 72);
    PFIOC_STATE.field("state.src", 96, 32);
    PFIOC_STATE.field("state.dst", 128, 32);
    PFIOC_STATE.field("state.rt_addr", 160, ADDRESS);
    PFIOC_STATE.field("state.rule", 176, 4);
    PFIOC_STATE.field("state.anchor", 180, 4);
    PFIOC_STATE.field("state.nat_rule", 184, 4);
    PFIOC_STATE.field("state.creation", 188, 4);
    PFIOC_STATE.field("state.expire", 192, 4);
    PFIOC_STATE.field("state.packets", 196, 16);
    PFIOC_STATE.field("state.bytes", 212, 16);
    PFIOC_STATE.field("state.creatorid", 228, 4);
    PFIOC_STATE.field("state.af", 232, 1);
    PFIOC_STATE.field("state.proto", 233, 1);
    PFIOC_STATE.field("state.direction", 234, 1);
    PFIOC_STATE.field("state.log", 237, 1);
    PFIOC_STATE.field("state.timeout", 239, 1);
    PFIOC_STATE.field("state.sync_flags", 240, 1);
    PFIOC_STATE.field("state.updates", 241, 1);
  }

  /** One key of two, network order. */
  static final KernelLayout STATE_KEY_EXPORT = KernelLayout.of("pf_state_key_export", 36);

  static final int KEY_ADDR = STATE_KEY_EXPORT.field("addr", 0, 32);
  static final int KEY_PORT = STATE_KEY_EXPORT.field("port", 32, 4);

  /** One end, network order. */
  static final KernelLayout STATE_PEER_EXPORT = KernelLayout.of("pf_state_peer_export", 32);

  static final int PEER_SCRUB_FLAGS = STATE_PEER_EXPORT.field("scrub.pfss_flags", 0, 2);
  static final int PEER_SCRUB_TTL = STATE_PEER_EXPORT.field("scrub.pfss_ttl", 2, 1);
  static final int PEER_SCRUB_VALID = STATE_PEER_EXPORT.field("scrub.scrub_flag", 3, 1);
  static final int PEER_SCRUB_TS_MOD = STATE_PEER_EXPORT.field("scrub.pfss_ts_mod", 4, 4);
  static final int PEER_SEQLO = STATE_PEER_EXPORT.field("seqlo", 8, 4);
  static final int PEER_SEQHI = STATE_PEER_EXPORT.field("seqhi", 12, 4);
  static final int PEER_SEQDIFF = STATE_PEER_EXPORT.field("seqdiff", 16, 4);
  static final int PEER_MAX_WIN = STATE_PEER_EXPORT.field("max_win", 20, 2);
  static final int PEER_MSS = STATE_PEER_EXPORT.field("mss", 22, 2);
  static final int PEER_STATE = STATE_PEER_EXPORT.field("state", 24, 1);
  static final int PEER_WSCALE = STATE_PEER_EXPORT.field("wscale", 25, 1);

  /** The 384-byte record: version, packets and bytes are host order, the rest network order. */
  static final KernelLayout EXPORT = KernelLayout.of("pf_state_export", 384);

  static final int EXPORT_VERSION = EXPORT.field("version", 0, 8);
  static final int EXPORT_ORIG_IFNAME = EXPORT.field("orig_ifname", 32, IFNAME);

  static {
    EXPORT.field("id", 8, 8);
    EXPORT.field("ifname", 16, IFNAME);
    EXPORT.field("key", 48, 72);
    EXPORT.field("src", 120, 32);
    EXPORT.field("dst", 152, 32);
    EXPORT.field("rt_addr", 184, ADDRESS);
    EXPORT.field("rule", 200, 4);
    EXPORT.field("anchor", 204, 4);
    EXPORT.field("nat_rule", 208, 4);
    EXPORT.field("creation", 212, 4);
    EXPORT.field("expire", 216, 4);
    EXPORT.field("packets", 224, 16);
    EXPORT.field("bytes", 240, 16);
    EXPORT.field("creatorid", 256, 4);
    EXPORT.field("af", 264, 1);
    EXPORT.field("proto", 265, 1);
    EXPORT.field("direction", 266, 1);
    EXPORT.field("log", 267, 1);
    EXPORT.field("timeout", 269, 1);
    EXPORT.field("sync_flags", 270, 1);
    EXPORT.field("updates", 271, 1);
  }

  /** Release 13: all there is of the state flags. */
  static final KernelLayout EXPORT13 = KernelLayout.of("pf_state_export", 384, 13, 13);

  static final int EXPORT13_FLAGS = EXPORT13.field("state_flags", 268, 1);

  /** From release 14, behind what 13 has. */
  static final KernelLayout EXPORT14 =
      KernelLayout.of("pf_state_export", 384, 14, Integer.MAX_VALUE);

  static final int EXPORT14_FLAGS_COMPAT = EXPORT14.field("state_flags_compat", 268, 1);
  static final int EXPORT14_FLAGS = EXPORT14.field("state_flags", 272, 2);
  static final int EXPORT14_QID = EXPORT14.field("qid", 274, 2);
  static final int EXPORT14_PQID = EXPORT14.field("pqid", 276, 2);
  static final int EXPORT14_DNPIPE = EXPORT14.field("dnpipe", 278, 2);
  static final int EXPORT14_DNRPIPE = EXPORT14.field("dnrpipe", 280, 2);
  static final int EXPORT14_RTABLEID = EXPORT14.field("rtableid", 284, 4);
  static final int EXPORT14_MIN_TTL = EXPORT14.field("min_ttl", 288, 1);
  static final int EXPORT14_SET_TOS = EXPORT14.field("set_tos", 289, 1);
  static final int EXPORT14_MAX_MSS = EXPORT14.field("max_mss", 290, 2);
  static final int EXPORT14_SET_PRIO = EXPORT14.field("set_prio", 292, 2);
  static final int EXPORT14_RT = EXPORT14.field("rt", 294, 1);
  static final int EXPORT14_RT_IFNAME = EXPORT14.field("rt_ifname", 295, IFNAME);

  static final KernelLayout PFIOC_STATES = KernelLayout.of("pfioc_states", 16);
  static final int STATES_LEN = PFIOC_STATES.field("ps_len", 0, 4);
  static final int STATES_BUF = 8;

  static final KernelLayout PFIOC_STATES_V2 = KernelLayout.of("pfioc_states_v2", 24);
  static final int STATES_V2_LEN = PFIOC_STATES_V2.field("ps_len", 0, 4);
  static final int STATES_V2_REQ_VERSION = PFIOC_STATES_V2.field("ps_req_version", 8, 8);
  static final int STATES_V2_BUF = 16;

  static final KernelLayout RULE_ADDR = KernelLayout.of("pf_rule_addr", 56);
  static final int RULE_ADDR_ADDR = RULE_ADDR.field("addr.v.a.addr", 0, ADDRESS);
  static final int RULE_ADDR_MASK = RULE_ADDR.field("addr.v.a.mask", 16, ADDRESS);
  static final int RULE_ADDR_IFNAME = RULE_ADDR.field("addr.v.ifname", 0, IFNAME);
  static final int RULE_ADDR_TBLNAME = RULE_ADDR.field("addr.v.tblname", 0, TABLE_NAME);
  static final int RULE_ADDR_TYPE = RULE_ADDR.field("addr.type", 40, 1);
  static final int RULE_ADDR_IFLAGS = RULE_ADDR.field("addr.iflags", 41, 1);

  /** Network order. */
  static final int RULE_ADDR_PORT = RULE_ADDR.field("port", 48, 4);

  static final int RULE_ADDR_NEG = RULE_ADDR.field("neg", 52, 1);
  static final int RULE_ADDR_PORT_OP = RULE_ADDR.field("port_op", 53, 1);

  static final KernelLayout PFIOC_STATE_KILL = KernelLayout.of("pfioc_state_kill", 224);

  /** Network order, as is the creator. */
  static final int KILL_ID = PFIOC_STATE_KILL.field("psk_pfcmp.id", 0, 8);

  static final int KILL_CREATORID = PFIOC_STATE_KILL.field("psk_pfcmp.creatorid", 8, 4);
  static final int KILL_AF = PFIOC_STATE_KILL.field("psk_af", 16, 1);
  static final int KILL_PROTO = PFIOC_STATE_KILL.field("psk_proto", 20, 4);
  static final int KILL_SRC = PFIOC_STATE_KILL.field("psk_src", 24, 56);
  static final int KILL_DST = PFIOC_STATE_KILL.field("psk_dst", 80, 56);
  static final int KILL_IFNAME = PFIOC_STATE_KILL.field("psk_ifname", 136, IFNAME);
  static final int KILL_LABEL = PFIOC_STATE_KILL.field("psk_label", 152, LABEL);
  static final int KILL_KILLED = PFIOC_STATE_KILL.field("psk_killed", 216, 4);

  static final KernelLayout PFIOC_NATLOOK = KernelLayout.of("pfioc_natlook", 76);
  static final int NATLOOK_SADDR = PFIOC_NATLOOK.field("saddr", 0, ADDRESS);
  static final int NATLOOK_DADDR = PFIOC_NATLOOK.field("daddr", 16, ADDRESS);
  static final int NATLOOK_RSADDR = PFIOC_NATLOOK.field("rsaddr", 32, ADDRESS);
  static final int NATLOOK_RDADDR = PFIOC_NATLOOK.field("rdaddr", 48, ADDRESS);
  static final int NATLOOK_SPORT = PFIOC_NATLOOK.field("sport", 64, 2);
  static final int NATLOOK_DPORT = PFIOC_NATLOOK.field("dport", 66, 2);
  static final int NATLOOK_RSPORT = PFIOC_NATLOOK.field("rsport", 68, 2);
  static final int NATLOOK_RDPORT = PFIOC_NATLOOK.field("rdport", 70, 2);
  static final int NATLOOK_AF = PFIOC_NATLOOK.field("af", 72, 1);
  static final int NATLOOK_PROTO = PFIOC_NATLOOK.field("proto", 73, 1);
  static final int NATLOOK_DIRECTION = PFIOC_NATLOOK.field("direction", 74, 1);

  static final KernelLayout PFR_TABLE = KernelLayout.of("pfr_table", 1064);
  static final int TABLE_ANCHOR = PFR_TABLE.field("pfrt_anchor", 0, PATH);
  static final int TABLE_TABLE_NAME = PFR_TABLE.field("pfrt_name", 1024, TABLE_NAME);
  static final int TABLE_FLAGS = PFR_TABLE.field("pfrt_flags", 1056, 4);
  static final int TABLE_FBACK = PFR_TABLE.field("pfrt_fback", 1060, 1);

  static final KernelLayout PFR_ADDR = KernelLayout.of("pfr_addr", 20);
  static final int ADDR_ADDRESS = PFR_ADDR.field("pfra_u", 0, ADDRESS);
  static final int ADDR_AF = PFR_ADDR.field("pfra_af", 16, 1);
  static final int ADDR_NET = PFR_ADDR.field("pfra_net", 17, 1);
  static final int ADDR_NOT = PFR_ADDR.field("pfra_not", 18, 1);
  static final int ADDR_FBACK = PFR_ADDR.field("pfra_fback", 19, 1);

  /** Counts are [in, out][blocked, passed]. */
  static final KernelLayout PFR_ASTATS = KernelLayout.of("pfr_astats", 96);

  static final int ASTATS_ADDR = PFR_ASTATS.field("pfras_a", 0, 20);
  static final int ASTATS_PACKETS = PFR_ASTATS.field("pfras_packets", 24, 32);
  static final int ASTATS_BYTES = PFR_ASTATS.field("pfras_bytes", 56, 32);
  static final int ASTATS_TZERO = PFR_ASTATS.field("pfras_tzero", 88, 8);

  /** Counts are [in, out][blocked, passed, xpassed]. */
  static final KernelLayout PFR_TSTATS = KernelLayout.of("pfr_tstats", 1200);

  static final int TSTATS_TABLE = PFR_TSTATS.field("pfrts_t", 0, 1064);
  static final int TSTATS_PACKETS = PFR_TSTATS.field("pfrts_packets", 1064, 48);
  static final int TSTATS_BYTES = PFR_TSTATS.field("pfrts_bytes", 1112, 48);
  static final int TSTATS_MATCH = PFR_TSTATS.field("pfrts_match", 1160, 8);
  static final int TSTATS_NOMATCH = PFR_TSTATS.field("pfrts_nomatch", 1168, 8);
  static final int TSTATS_TZERO = PFR_TSTATS.field("pfrts_tzero", 1176, 8);
  static final int TSTATS_CNT = PFR_TSTATS.field("pfrts_cnt", 1184, 4);
  static final int TSTATS_REFCNT = PFR_TSTATS.field("pfrts_refcnt", 1188, 8);

  static final KernelLayout PFIOC_TABLE = KernelLayout.of("pfioc_table", 1104);
  static final int PFRIO_TABLE = PFIOC_TABLE.field("pfrio_table", 0, 1064);
  static final int PFRIO_BUFFER = PFIOC_TABLE.field("pfrio_buffer", 1064, 8);
  static final int PFRIO_ESIZE = PFIOC_TABLE.field("pfrio_esize", 1072, 4);
  static final int PFRIO_SIZE = PFIOC_TABLE.field("pfrio_size", 1076, 4);
  static final int PFRIO_SIZE2 = PFIOC_TABLE.field("pfrio_size2", 1080, 4);
  static final int PFRIO_NADD = PFIOC_TABLE.field("pfrio_nadd", 1084, 4);
  static final int PFRIO_NDEL = PFIOC_TABLE.field("pfrio_ndel", 1088, 4);
  static final int PFRIO_NCHANGE = PFIOC_TABLE.field("pfrio_nchange", 1092, 4);
  static final int PFRIO_FLAGS = PFIOC_TABLE.field("pfrio_flags", 1096, 4);
  static final int PFRIO_TICKET = PFIOC_TABLE.field("pfrio_ticket", 1100, 4);

  static final KernelLayout PFIOC_IFACE = KernelLayout.of("pfioc_iface", 40);
  static final int IFACE_NAME = PFIOC_IFACE.field("pfiio_name", 0, IFNAME);
  static final int IFACE_BUFFER = PFIOC_IFACE.field("pfiio_buffer", 16, 8);
  static final int IFACE_ESIZE = PFIOC_IFACE.field("pfiio_esize", 24, 4);
  static final int IFACE_SIZE = PFIOC_IFACE.field("pfiio_size", 28, 4);
  static final int IFACE_FLAGS = PFIOC_IFACE.field("pfiio_flags", 36, 4);

  /** Counts are [IPv4, IPv6][in, out][passed, blocked]. */
  static final KernelLayout PFI_KIF = KernelLayout.of("pfi_kif", 216);

  static final int KIF_NAME = PFI_KIF.field("pfik_name", 0, IFNAME);
  static final int KIF_PACKETS = PFI_KIF.field("pfik_packets", 40, 64);
  static final int KIF_BYTES = PFI_KIF.field("pfik_bytes", 104, 64);
  static final int KIF_TZERO = PFI_KIF.field("pfik_tzero", 168, 4);
  static final int KIF_FLAGS = PFI_KIF.field("pfik_flags", 172, 4);

  /** Not zero: the entry is a group. */
  static final int KIF_GROUP = PFI_KIF.field("pfik_group", 184, 8);

  static final int KIF_RULEREFS = PFI_KIF.field("pfik_rulerefs", 192, 4);

  static final KernelLayout PFIOC_SRC_NODES = KernelLayout.of("pfioc_src_nodes", 16);
  static final int SRC_NODES_LEN = PFIOC_SRC_NODES.field("psn_len", 0, 4);
  static final int SRC_NODES_BUF = 8;

  static final KernelLayout PF_SRC_NODE = KernelLayout.of("pf_src_node", 136);
  static final int SRC_NODE_ADDR = PF_SRC_NODE.field("addr", 16, ADDRESS);
  static final int SRC_NODE_RADDR = PF_SRC_NODE.field("raddr", 32, ADDRESS);
  static final int SRC_NODE_RULE = PF_SRC_NODE.field("rule.nr", 48, 4);
  static final int SRC_NODE_BYTES = PF_SRC_NODE.field("bytes", 64, 16);
  static final int SRC_NODE_PACKETS = PF_SRC_NODE.field("packets", 80, 16);
  static final int SRC_NODE_STATES = PF_SRC_NODE.field("states", 96, 4);
  static final int SRC_NODE_CONN = PF_SRC_NODE.field("conn", 100, 4);
  static final int SRC_NODE_CREATION = PF_SRC_NODE.field("creation", 120, 4);
  static final int SRC_NODE_EXPIRE = PF_SRC_NODE.field("expire", 124, 4);
  static final int SRC_NODE_AF = PF_SRC_NODE.field("af", 128, 1);

  /** Up to 14, the type of the rule follows the family. */
  static final KernelLayout SRC_NODE13 = KernelLayout.of("pf_src_node", 136, 13, 14);

  static final int SRC_NODE13_RULETYPE = SRC_NODE13.field("ruletype", 129, 1);

  /** From 15, the translated address has a family of its own. */
  static final KernelLayout SRC_NODE15 = KernelLayout.of("pf_src_node", 136, 15, Integer.MAX_VALUE);

  static final int SRC_NODE15_NAF = SRC_NODE15.field("naf", 129, 1);
  static final int SRC_NODE15_RULETYPE = SRC_NODE15.field("ruletype", 130, 1);

  static final KernelLayout PFIOC_SRC_NODE_KILL = KernelLayout.of("pfioc_src_node_kill", 128);
  static final int SRC_NODE_KILL_AF = PFIOC_SRC_NODE_KILL.field("psnk_af", 0, 1);
  static final int SRC_NODE_KILL_SRC = PFIOC_SRC_NODE_KILL.field("psnk_src", 8, 56);
  static final int SRC_NODE_KILL_DST = PFIOC_SRC_NODE_KILL.field("psnk_dst", 64, 56);
  static final int SRC_NODE_KILL_KILLED = PFIOC_SRC_NODE_KILL.field("psnk_killed", 120, 4);

  static final KernelLayout PFIOC_TRANS = KernelLayout.of("pfioc_trans", 16);
  static final int TRANS_SIZE = PFIOC_TRANS.field("size", 0, 4);
  static final int TRANS_ESIZE = PFIOC_TRANS.field("esize", 4, 4);
  static final int TRANS_ARRAY = PFIOC_TRANS.field("array", 8, 8);

  static final KernelLayout PFIOC_TRANS_E = KernelLayout.of("pfioc_trans_e", 1032);
  static final int TRANS_E_RS_NUM = PFIOC_TRANS_E.field("rs_num", 0, 4);
  static final int TRANS_E_ANCHOR = PFIOC_TRANS_E.field("anchor", 4, PATH);
  static final int TRANS_E_TICKET = PFIOC_TRANS_E.field("ticket", 1028, 4);

  static final KernelLayout PFIOC_RULESET = KernelLayout.of("pfioc_ruleset", 1092);
  static final int RULESET_NR = PFIOC_RULESET.field("nr", 0, 4);
  static final int RULESET_PATH = PFIOC_RULESET.field("path", 4, PATH);
  static final int RULESET_NAME = PFIOC_RULESET.field("name", 1028, 64);

  static final KernelLayout PFIOC_RULE = KernelLayout.of("pfioc_rule", 3040);
  static final int RULE_IO_ACTION = PFIOC_RULE.field("action", 0, 4);
  static final int RULE_IO_TICKET = PFIOC_RULE.field("ticket", 4, 4);
  static final int RULE_IO_NR = PFIOC_RULE.field("nr", 12, 4);
  static final int RULE_IO_ANCHOR = PFIOC_RULE.field("anchor", 16, PATH);
  static final int RULE_IO_ANCHOR_CALL = PFIOC_RULE.field("anchor_call", 1040, PATH);
  static final int RULE_SRC = PFIOC_RULE.field("rule.src", 2064, 56);
  static final int RULE_DST = PFIOC_RULE.field("rule.dst", 2120, 56);
  static final int RULE_LABEL = PFIOC_RULE.field("rule.label", 2240, LABEL);
  static final int RULE_IFNAME = PFIOC_RULE.field("rule.ifname", 2304, IFNAME);
  static final int RULE_EVALUATIONS = PFIOC_RULE.field("rule.evaluations", 2696, 8);
  static final int RULE_PACKETS = PFIOC_RULE.field("rule.packets", 2704, 16);
  static final int RULE_BYTES = PFIOC_RULE.field("rule.bytes", 2720, 16);
  static final int RULE_NR = PFIOC_RULE.field("rule.nr", 2884, 4);
  static final int RULE_ACTION = PFIOC_RULE.field("rule.action", 2968, 1);
  static final int RULE_DIRECTION = PFIOC_RULE.field("rule.direction", 2969, 1);
  static final int RULE_LOG = PFIOC_RULE.field("rule.log", 2970, 1);
  static final int RULE_QUICK = PFIOC_RULE.field("rule.quick", 2972, 1);
  static final int RULE_IFNOT = PFIOC_RULE.field("rule.ifnot", 2973, 1);
  static final int RULE_KEEP_STATE = PFIOC_RULE.field("rule.keep_state", 2976, 1);
  static final int RULE_AF = PFIOC_RULE.field("rule.af", 2977, 1);
  static final int RULE_PROTO = PFIOC_RULE.field("rule.proto", 2978, 1);
  static final int RULE_STATES_CUR = PFIOC_RULE.field("rule.u_states_cur", 3016, 8);
  static final int RULE_STATES_TOT = PFIOC_RULE.field("rule.u_states_tot", 3024, 8);
  static final int RULE_SRC_NODES = PFIOC_RULE.field("rule.u_src_nodes", 3032, 8);
}
