package org.pfha.examples.status;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.pfha.carp.json.JsonObject;
import org.pfha.configsync.SyncStatus;
import org.pfha.examples.conformance.Json;

/**
 * A file by which a process that pushes configuration tells one that shows how it stands: a list of
 * {@link ConfigSyncReport}s, one for each secondary.
 */
public final class ConfigSyncRecord {

  private static final int LONGEST = 1 << 20;

  private ConfigSyncRecord() {}

  /**
   * Puts the state of one secondary in the place of what was recorded of it. A process that has not
   * succeeded yet leaves the last success as it was.
   *
   * @param file to be replaced at once, or made
   * @param status of one secondary
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, SyncStatus status) throws IOException {
    List<String> kept = new ArrayList<>();
    ConfigSyncReport report = ConfigSyncReport.of(status);
    for (Json each : reports(file)) {
      ConfigSyncReport earlier = ConfigSyncReport.of(each);
      if (earlier.peer().equals(report.peer())) {
        report = report.after(earlier);
      } else {
        kept.add(earlier.json());
      }
    }
    kept.add(report.json());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, "[" + String.join(",\n", kept) + "]\n");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * What was recorded.
   *
   * @param file that need not exist yet
   * @return a JSON object for each secondary; one that tells of an error if the file is none
   */
  public static List<String> read(Path file) {
    try {
      return reports(file).stream().map(each -> ConfigSyncReport.of(each).json()).toList();
    } catch (IOException | IllegalArgumentException e) {
      return List.of(
          new JsonObject()
              .field("peer", file.toString())
              .field("error", "cannot be read: " + e.getMessage())
              .texts("warnings", List.of())
              .list("areas", List.of(), Object::toString)
              .toString());
    }
  }

  private static List<Json> reports(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new IOException(file + " is longer than a record can be; remove it");
      }
      return Json.parse(file.toString(), new String(bytes, StandardCharsets.UTF_8)).items();
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }
}
