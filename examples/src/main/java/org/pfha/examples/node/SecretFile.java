package org.pfha.examples.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A file that holds one secret in its first line and that nobody but its owner may read. */
final class SecretFile {

  private static final long LONGEST = 4096;
  private static final Set<PosixFilePermission> OF_OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  private SecretFile() {}

  /**
   * Reads the secret that a field names.
   *
   * @param section has the field; is told what is wrong with the file
   * @param field whose value is the file, absolute or beside the configuration
   * @param beside directory of the configuration
   * @return empty if the field is missing or something is wrong
   */
  static Optional<String> read(Section section, String field, Path beside) {
    Optional<Path> named = section.file(field, beside);
    if (named.isEmpty()) {
      return Optional.empty();
    }
    Path file = named.get();
    try {
      PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
      if (!attributes.isRegularFile() || attributes.size() > LONGEST) {
        section.problem(field, file + " is no file with a secret in its first line");
        return Optional.empty();
      }
      if (attributes.permissions().stream().anyMatch(OF_OTHERS::contains)) {
        section.problem(
            field,
            "%s has the mode %s; let nobody but its owner read it: chmod 600 %s"
                .formatted(file, PosixFilePermissions.toString(attributes.permissions()), file));
        return Optional.empty();
      }
      String secret = firstLine(Files.readAllBytes(file));
      if (secret.isEmpty()) {
        section.problem(field, file + " is empty; its first line is to be the secret");
        return Optional.empty();
      }
      return Optional.of(secret);
    } catch (NoSuchFileException e) {
      boolean dangling =
          Files.isSymbolicLink(file) || Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      section.problem(
          field, file + (dangling ? " points nowhere" : " does not exist") + "; create it");
    } catch (CharacterCodingException e) {
      section.problem(field, file + " is not UTF-8; write the secret as text");
    } catch (IOException e) {
      section.problem(field, file + " cannot be read: " + e.getMessage());
    }
    return Optional.empty();
  }

  private static String firstLine(byte[] bytes) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.lines().findFirst().orElse("");
  }
}
