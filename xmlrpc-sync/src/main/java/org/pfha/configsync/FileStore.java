package org.pfha.configsync;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A configuration in a file. Thread-safe. Source: spec sections 11.3, 22 (29). */
final class FileStore implements ConfigStore {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final Duration POLL = Duration.ofMillis(20);

  private final Path file;
  private final Path directory;

  FileStore(Path file) {
    this.file = file.toAbsolutePath();
    Path parent = this.file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " is no file in a directory");
    }
    this.directory = parent;
  }

  @Override
  public byte[] load() throws IOException {
    return Files.readAllBytes(file);
  }

  @Override
  public void save(byte[] config) throws IOException {
    if (Files.exists(file)) {
      replace(beside(".bak"), Files.readAllBytes(file));
    }
    replace(file, config);
  }

  @Override
  public String note() throws IOException {
    Path note = beside(".note");
    return Files.exists(note) ? Files.readString(note) : "";
  }

  @Override
  public void note(String note) throws IOException {
    if (note.isEmpty()) {
      Files.deleteIfExists(beside(".note"));
      force(directory);
    } else {
      replace(beside(".note"), note.getBytes(StandardCharsets.UTF_8));
    }
  }

  private Path beside(String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }

  /** Either the old content or the new one, whatever happens meanwhile. */
  private void replace(Path target, byte[] content) throws IOException {
    Path temporary = Files.createTempFile(directory, "config", ".tmp", ownerOnly());
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      force(directory);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Without it a power failure may undo the rename. */
  private static void force(Path directory) throws IOException {
    if (isPosix(directory)) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private FileAttribute<?>[] ownerOnly() {
    return isPosix(directory)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  @Override
  public Hold lock(Duration patience) throws IOException, InterruptedException {
    Path path = beside(".lock");
    if (!Files.exists(path)) {
      createLock(path);
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
    try {
      long begun = System.nanoTime();
      FileLock lock = tryLock(channel);
      while (lock == null) {
        if (System.nanoTime() - begun >= patience.toNanos()) {
          throw new LockedException();
        }
        Thread.sleep(POLL.toMillis());
        lock = tryLock(channel);
      }
      return channel::close; // releases the lock as well
    } catch (IOException | InterruptedException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void createLock(Path path) throws IOException {
    try {
      Files.createFile(path, ownerOnly());
    } catch (java.nio.file.FileAlreadyExistsException e) {
      return; // another process was faster; its file is as good
    }
  }

  /** Null while another process, or another store in this one, holds it. */
  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }
}
