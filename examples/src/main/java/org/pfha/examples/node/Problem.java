package org.pfha.examples.node;

/**
 * Something in a configuration that keeps a node from starting. Immutable.
 *
 * @param path where it is, such as {@code routers[1].advskew}
 * @param text what is wrong and what to do; never a secret
 */
record Problem(String path, String text) {

  @Override
  public String toString() {
    return path + ": " + text;
  }
}
