package org.pfha.pfsync.wire;

import com.google.errorprone.annotations.Immutable;

/**
 * Where the fields of one format's full state are: its {@link Layout}, looked up once. Immutable.
 */
@Immutable
final class StateOffsets {

  /** Of a field that the format does not carry. */
  static final int ABSENT = -1;

  final int id;
  final int ifname;
  final int wireKey;
  final int stackKey;
  final int src;
  final int dst;
  final int routeTo;
  final int rule;
  final int anchor;
  final int natRule;
  final int creation;
  final int expire;
  final int packets;
  final int bytes;
  final int creatorId;

  /** Family of the whole state, where the keys have none of their own or besides them. */
  final int family;

  final int wireFamily;
  final int stackFamily;
  final int routeFamily;
  final int wireProto;
  final int stackProto;
  final int direction;
  final int log;
  final int timeout;
  final int stateFlags;

  /** 1301 has room for the lower eight flags only. */
  final boolean wideFlags;

  final int syncFlags;
  final int tagName;
  final int routeIfname;
  final int originalIfname;
  final int rtableId;

  /** OpenBSD has one routing table a direction. */
  final int stackRtableId;

  final int wireRdomain;
  final int stackRdomain;
  final int qid;
  final int pqid;
  final int dnpipe;
  final int dnrpipe;
  final int minTtl;
  final int setTos;
  final int maxMss;
  final int setPrio;
  final int route;

  StateOffsets(Layout layout) {
    id = layout.offset("id");
    ifname = layout.offset("ifname");
    wireKey = layout.offset("key[0]");
    stackKey = layout.offset("key[1]");
    src = layout.offset("src");
    dst = layout.offset("dst");
    routeTo = layout.offset("rt_addr");
    rule = layout.offset("rule");
    anchor = layout.offset("anchor");
    natRule = layout.offset("nat_rule");
    creation = layout.offset("creation");
    expire = layout.offset("expire");
    packets = layout.offset("packets[0]");
    bytes = layout.offset("bytes[0]");
    creatorId = layout.offset("creatorid");
    family = layout.offset("af", ABSENT);
    wireFamily = layout.offset("wire_af", layout.offset("key[0].af", family));
    stackFamily = layout.offset("stack_af", layout.offset("key[1].af", family));
    routeFamily = layout.offset("rt_af", ABSENT);
    int proto = layout.offset("proto", ABSENT);
    wireProto = layout.offset("wire_proto", proto);
    stackProto = layout.offset("stack_proto", proto);
    direction = layout.offset("direction");
    log = layout.offset("log");
    timeout = layout.offset("timeout");
    stateFlags = layout.offset("state_flags");
    wideFlags = layout.width("state_flags") > 1;
    syncFlags = layout.offset("sync_flags", ABSENT);
    tagName = layout.offset("tagname", ABSENT);
    routeIfname = layout.offset("rt_ifname", ABSENT);
    originalIfname = layout.offset("orig_ifname", ABSENT);
    rtableId = layout.offset("rtableid", layout.offset("rtableid[0]", ABSENT));
    stackRtableId = layout.offset("rtableid[1]", ABSENT);
    wireRdomain = layout.offset("key[0].rdomain", ABSENT);
    stackRdomain = layout.offset("key[1].rdomain", ABSENT);
    qid = layout.offset("qid", ABSENT);
    pqid = layout.offset("pqid", ABSENT);
    dnpipe = layout.offset("dnpipe", ABSENT);
    dnrpipe = layout.offset("dnrpipe", ABSENT);
    minTtl = layout.offset("min_ttl", ABSENT);
    setTos = layout.offset("set_tos", ABSENT);
    maxMss = layout.offset("max_mss", ABSENT);
    setPrio = layout.offset("set_prio[0]", ABSENT);
    route = layout.offset("rt", ABSENT);
  }
}
