package org.pfha.configsync.doctor;

import static org.pfha.configsync.doctor.Plant.plant;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What goes wrong in a pair that is configured well: the status of its nodes. */
final class LivePlants {

  private LivePlants() {}

  private static LiveStatus status(
      boolean maintenance, int demotion, long states, boolean bulk, String at, String... roles) {
    List<LiveStatus.Router> routers = new ArrayList<>();
    for (String role : roles) {
      routers.add(new LiveStatus.Router("igb0", routers.size() + 1, role, true, Map.of()));
    }
    return new LiveStatus(
        "fw",
        at.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(at)),
        maintenance,
        demotion,
        demotion == 0 ? List.of() : List.of("+240 pfsync: bulk update pending"),
        routers,
        states,
        1000,
        bulk);
  }

  static LiveStatus status(String... roles) {
    return status(false, 0, 10, false, "", roles);
  }

  private static LiveStatus diagnosed(boolean linkUp, String kind, String text) {
    LiveStatus.Router router =
        new LiveStatus.Router(
            "igb0", 11, "BACKUP", linkUp, kind.isEmpty() ? Map.of() : Map.of(kind, text));
    return new LiveStatus(
        "fw", Optional.empty(), false, 0, List.of(), List.of(router), -1, -1, false);
  }

  private static Plant live(Check check, Side side, String what, LiveStatus a, LiveStatus b) {
    return plant(check, side, what)
        .with(doctor -> doctor.withStatus(Side.A, a).withStatus(Side.B, b));
  }

  static List<Plant> all() {
    LiveStatus backup = status("BACKUP");
    LiveStatus master = status("MASTER");
    return List.of(
        plant(Check.LIVE_NO_LINK, Side.A, "a pulled cable")
            .with(doctor -> doctor.withStatus(Side.A, diagnosed(false, "", ""))),
        live(
            Check.LIVE_DEMOTION,
            Side.B,
            "a forgotten penalty",
            master,
            status(false, 240, 10, false, "", "BACKUP")),
        live(
            Check.LIVE_MAINTENANCE,
            Side.B,
            "on",
            master,
            status(true, 240, 10, false, "", "BACKUP")),
        live(Check.LIVE_TWO_MASTERS, Side.BOTH, "both", master, master),
        live(Check.LIVE_NO_MASTER, Side.BOTH, "neither", backup, backup),
        plant(Check.LIVE_SPLIT_ROLES, Side.A, "one of each")
            .with(doctor -> doctor.withStatus(Side.A, status("MASTER", "BACKUP"))),
        plant(Check.LIVE_DIAGNOSIS, Side.B, "a hash mismatch")
            .with(
                doctor ->
                    doctor.withStatus(
                        Side.B, diagnosed(true, "hash-mismatch", "the sender lacks 10.0.0.1"))),
        plant(Check.VHID_VRRP, Side.B, "VRRP is heard")
            .with(doctor -> doctor.withStatus(Side.B, diagnosed(true, "vrrp-heard", "VRRP 11"))),
        live(
            Check.LIVE_STATES,
            Side.A,
            "nearly full",
            status(false, 0, 950, false, "", "MASTER"),
            backup),
        live(Check.LIVE_BULK, Side.B, "waiting", master, status(false, 0, 10, true, "", "BACKUP")),
        live(
            Check.LIVE_CLOCKS,
            Side.BOTH,
            "five minutes",
            status(false, 0, 10, false, "2026-11-01T00:00:00Z", "MASTER"),
            status(false, 0, 10, false, "2026-11-01T00:05:00Z", "BACKUP")));
  }
}
