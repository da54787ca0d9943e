package org.pfha.configsync;

/** Where in a sync something happened. */
public enum SyncStep {
  /** On this node, before any call: what is to be sent is made. */
  PREPARE("preparing"),
  /** Asking the peer who it is. */
  GREET("asking for the version"),
  /** Reading what the peer holds. */
  READ("reading the peer"),
  /** Sending, and waiting until the peer applied it. */
  WRITE("writing to the peer"),
  /** Reading back. */
  VERIFY("reading back");

  private final String words;

  SyncStep(String words) {
    this.words = words;
  }

  /** In words, for messages. */
  @Override
  public String toString() {
    return words;
  }
}
