package org.pfha.configsync;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The stores that come with the library. */
public final class ConfigStores {
  private ConfigStores() {}

  /**
   * Keeps the configuration in memory.
   *
   * @param config the initial bytes
   * @return a store
   */
  public static ConfigStore inMemory(byte[] config) {
    return new InMemory(config);
  }

  /**
   * Keeps the configuration in a file: written beside it, forced to disk, renamed over it. The
   * previous one stays beside it with the ending {@code .bak}, a note of a change in progress with
   * {@code .note}; other processes are kept out by a lock on the file with the ending {@code
   * .lock}. Files are readable by the owner only.
   *
   * @param file an existing {@code config.xml}
   * @return a store
   */
  public static ConfigStore file(Path file) {
    return new FileStore(file);
  }

  private static final class InMemory implements ConfigStore {
    private final ReentrantLock lock = new ReentrantLock();
    private byte[] current;
    private String note = "";

    InMemory(byte[] config) {
      current = config.clone();
    }

    @Override
    public synchronized byte[] load() {
      return current.clone();
    }

    @Override
    public synchronized void save(byte[] config) {
      current = config.clone();
    }

    @Override
    public synchronized String note() {
      return note;
    }

    @Override
    public synchronized void note(String note) {
      this.note = note;
    }

    @Override
    public Hold lock(Duration patience) throws LockedException, InterruptedException {
      if (!lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new LockedException();
      }
      return lock::unlock;
    }
  }
}
