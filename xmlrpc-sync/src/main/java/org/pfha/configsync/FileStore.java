package org.pfha.configsync;

import java.io.IOException;
import java.io.InputStream;
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
import java.util.Arrays;
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

  /** Looks at all of it, without a copy in memory. */
  @Override
  public boolean holds(byte[] known) throws IOException {
    try (InputStream stored = Files.newInputStream(file)) {
      byte[] piece = new byte[1 << 16];
      int at = 0;
      int count = stored.read(piece);
      while (count >= 0
          && count <= known.length - at
          && Arrays.equals(piece, 0, count, known, at, at + count)) {
        at += count;
        count = stored.read(piece);
      }
      return count < 0 && at == known.length;
    }
  }

  @Override
  public void save(byte[] config) throws IOException {
    if (Files.exists(file)) {
      try (FileChannel old = FileChannel.open(file, StandardOpenOption.READ)) {
        replace(beside(".bak"), copy -> copyAll(old, copy));
      }
    }
    replace(file, copy -> writeAll(config, copy));
  }

  private static void copyAll(FileChannel from, FileChannel to) throws IOException {
    long size = from.size();
    long done = 0;
    while (done < size) {
      long count = from.transferTo(done, size - done, to);
      if (count <= 0) {
        throw new IOException("the file became shorter while it was copied");
      }
      done += count;
    }
  }

  private static void writeAll(byte[] content, FileChannel to) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
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
      byte[] bytes = note.getBytes(StandardCharsets.UTF_8);
      replace(beside(".note"), copy -> writeAll(bytes, copy));
    }
  }

  private Path beside(String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }

  @FunctionalInterface
  private interface Content {
    void writeTo(FileChannel file) throws IOException;
  }

  /** Either the old content or the new one, whatever happens meanwhile. */
  private void replace(Path target, Content content) throws IOException {
    Path temporary = Files.createTempFile(directory, "config", ".tmp", ownerOnly());
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
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
