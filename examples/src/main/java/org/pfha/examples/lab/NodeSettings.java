package org.pfha.examples.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.pfha.carp.json.JsonObject;
import org.pfha.examples.lab.Programs.Carp;
import org.pfha.examples.lab.Programs.Vrrp;

/** Writes the file that {@code pfha node} reads, for a host of a {@link Lab}. */
public final class NodeSettings {

  /** Where the status can be asked for. */
  public static final int STATUS_PORT = 9112;

  private final LabHost host;
  private final JsonObject json = new JsonObject();
  private final List<JsonObject> routers = new ArrayList<>();

  /**
   * Without virtual routers.
   *
   * @param host for which
   */
  public NodeSettings(LabHost host) {
    this.host = host;
    json.field("name", host.name()).field("status", new JsonObject().field("port", STATUS_PORT));
  }

  /**
   * Takes over from a living but worse master.
   *
   * @return this
   */
  public NodeSettings preempting() {
    json.field("preempt", true);
    return this;
  }

  /**
   * How virtual addresses get onto the host.
   *
   * @param kind {@code plain}, {@code macvlan} or {@code none}
   * @return this
   */
  public NodeSettings virtualAddresses(String kind) {
    json.field("virtual_addresses", kind);
    return this;
  }

  /**
   * Adds a CARP virtual router.
   *
   * @param router what
   * @param profile whose rules
   * @param more addresses beside its own, with prefix lengths
   * @return this
   * @throws IOException if its password cannot be stored
   */
  public NodeSettings carp(Carp router, String profile, String... more) throws IOException {
    String password = "pfha-%s-%d.password".formatted(host.name(), router.vhid());
    Programs.secret(host, password, router.password());
    List<String> addresses = new ArrayList<>(List.of(router.address() + "/32"));
    addresses.addAll(List.of(more));
    routers.add(
        new JsonObject()
            .field("interface", "eth0")
            .field("vhid", router.vhid())
            .texts("addresses", addresses)
            .field("password_file", password)
            .field("profile", profile)
            .field("advbase", router.advbase())
            .field("advskew", router.advskew()));
    return this;
  }

  /**
   * Where the CARP virtual router that was added last sends its adverts.
   *
   * @param peers hosts, or one other group
   * @return this
   */
  public NodeSettings sendingTo(String... peers) {
    routers.get(routers.size() - 1).texts("peers", List.of(peers));
    return this;
  }

  /**
   * Adds a VRRPv3 virtual router.
   *
   * @param router what
   * @return this
   */
  public NodeSettings vrrp(Vrrp router) {
    routers.add(
        new JsonObject()
            .field("interface", "eth0")
            .field("protocol", "vrrp3")
            .field("vhid", router.vrid())
            .texts("addresses", router.addresses())
            .field("priority", router.priority())
            .field("interval", router.intervalMillis() + "ms"));
    return this;
  }

  /**
   * Adds pfsync over {@code eth0}.
   *
   * @param creatorId in hex
   * @param link the rest of the link's settings
   * @return this
   */
  public NodeSettings pfsync(String creatorId, UnaryOperator<JsonObject> link) {
    json.field(
        "pfsync",
        new JsonObject()
            .field("creator_id", creatorId)
            .list("links", List.of(new JsonObject().field("interface", "eth0")), link));
    return this;
  }

  /**
   * Starts the node.
   *
   * @param jvm options of its JVM
   * @return once it runs
   * @throws IOException if it does not
   */
  public LabProcess start(List<String> jvm) throws IOException {
    return Programs.pfha(host, toString(), jvm);
  }

  LabProcess start(Contender.Jvm jvm) throws IOException {
    if (jvm.realtime() > 0) {
      json.field("realtime", jvm.realtime());
    }
    return Programs.pfha(host, toString(), jvm);
  }

  /**
   * The file.
   *
   * @return JSON; to be asked for once
   */
  @Override
  public String toString() {
    return json.list("routers", routers, each -> each).toString();
  }
}
