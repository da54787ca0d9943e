package org.pfha.carp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A file that exists while the node is in maintenance; whatever it contains is the reason. */
final class FileMaintenanceStore implements MaintenanceStore {

  private final Path file;
  private final Path directory;

  FileMaintenanceStore(Path file) {
    this.file = file.toAbsolutePath();
    this.directory = this.file.resolveSibling(".");
  }

  @Override
  public Optional<String> load() throws IOException {
    try {
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip());
    } catch (NoSuchFileException e) {
      // A directory that is not there, such as one not mounted, says nothing about the intent.
      if (Files.isDirectory(directory)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void enter(String reason) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(reason + "\n");
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncDirectory();
  }

  @Override
  public void leave() throws IOException {
    if (Files.deleteIfExists(file)) {
      syncDirectory();
    }
  }

  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public String toString() {
    return "MaintenanceStore[" + file + "]";
  }
}
