package org.pfha.configsync;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

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
    return new ConfigStore() {
      private byte[] current = config.clone();

      @Override
      public synchronized byte[] load() {
        return current.clone();
      }

      @Override
      public synchronized void save(byte[] config) {
        current = config.clone();
      }
    };
  }

  /**
   * Keeps the configuration in a file: written beside it, forced to disk, renamed over it. The
   * previous one stays beside it with the ending {@code .bak}. Files are readable by the owner
   * only.
   *
   * @param file an existing {@code config.xml}
   * @return a store
   */
  public static ConfigStore file(Path file) {
    Path absolute = file.toAbsolutePath();
    return new ConfigStore() {
      @Override
      public byte[] load() throws IOException {
        return Files.readAllBytes(absolute);
      }

      @Override
      public void save(byte[] config) throws IOException {
        Path directory = absolute.getParent();
        if (directory == null) {
          throw new IOException("the configuration needs a directory");
        }
        Path temporary = Files.createTempFile(directory, "config", ".tmp");
        try {
          write(temporary, config);
          Path backup = absolute.resolveSibling(absolute.getFileName() + ".bak");
          if (Files.exists(absolute)) {
            Files.copy(absolute, backup, StandardCopyOption.REPLACE_EXISTING);
            ownerOnly(backup);
          }
          Files.move(
              temporary,
              absolute,
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
        } finally {
          Files.deleteIfExists(temporary);
        }
      }
    };
  }

  private static void ownerOnly(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private static void write(Path file, byte[] config) throws IOException {
    ownerOnly(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(config);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
