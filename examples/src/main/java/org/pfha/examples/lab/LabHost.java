package org.pfha.examples.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A host of a {@link Lab}: one network namespace with the interface {@code eth0}. */
public final class LabHost {

  private final Lab lab;
  private final String name;
  private final String namespace;

  private final String address;

  LabHost(Lab lab, String name, String namespace, String address) {
    this.lab = lab;
    this.name = name;
    this.namespace = namespace;
    this.address = address;
  }

  /**
   * Its name on the switch.
   *
   * @return as given to {@link Lab#host}
   */
  public String name() {
    return name;
  }

  /**
   * Starts a program on this host.
   *
   * @param command and its arguments
   * @return running
   * @throws IOException if it cannot be started
   */
  public LabProcess start(List<String> command) throws IOException {
    return lab.start(namespace, name + ":" + command.get(0), command);
  }

  /**
   * Runs a program on this host to its end.
   *
   * @param command and its arguments
   * @return what it wrote
   * @throws IOException with what it wrote, if it fails
   */
  public String run(String... command) throws IOException {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    inside.addAll(List.of(command));
    return Commands.run(inside.toArray(String[]::new));
  }

  /**
   * Its first address.
   *
   * @return without prefix length
   */
  public String address() {
    return address;
  }

  /**
   * The lab it belongs to.
   *
   * @return the lab
   */
  public Lab lab() {
    return lab;
  }

  @Override
  public String toString() {
    return name;
  }
}
