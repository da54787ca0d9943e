package org.pfha.cluster;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Thousands of nodes that break log nothing; what happens is in the timeline. */
final class Quietly implements BeforeAllCallback, AfterAllCallback {

  private static final Logger NODES = Logger.getLogger("org.pfha");
  private @Nullable Level before;

  @Override
  public void beforeAll(ExtensionContext context) {
    before = NODES.getLevel();
    NODES.setLevel(Level.OFF);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    NODES.setLevel(before);
  }
}
