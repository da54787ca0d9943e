package org.pfha.configsync.dialect;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.pfha.configsync.ConfigStore;
import org.pfha.configsync.LockedException;
import org.pfha.configsync.config.ConfigFormatException;

/** An application's sections behind the interface of stores of files. */
final class SectionConfigStore implements ConfigStore {
  private final String version;
  private final SectionStore sections;
  private final ReentrantLock lock = new ReentrantLock();

  SectionConfigStore(String version, SectionStore sections) {
    this.version = version;
    this.sections = sections;
  }

  @Override
  public byte[] load() throws IOException {
    try {
      return SectionFile.write(Sections.tree(version, sections.load()));
    } catch (ConfigFormatException | IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void save(byte[] config) throws IOException {
    Map<String, byte[]> wanted;
    try {
      wanted = Sections.contents(SectionFile.read(config));
    } catch (ConfigFormatException e) {
      throw new IOException(e.getMessage(), e);
    }
    Map<String, byte[]> now = sections.load();
    Set<String> changed = new LinkedHashSet<>(now.keySet());
    changed.addAll(wanted.keySet());
    changed.removeIf(name -> Arrays.equals(now.get(name), wanted.get(name)));
    sections.replace(wanted, changed);
  }

  @Override
  public Hold lock(Duration patience) throws LockedException, InterruptedException {
    if (!lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new LockedException();
    }
    return lock::unlock;
  }
}
