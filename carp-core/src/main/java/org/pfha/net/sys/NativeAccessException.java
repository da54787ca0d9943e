package org.pfha.net.sys;

import com.sun.jna.Native;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * JNA, through which all system calls go, could not load its own library: it unpacks it into a
 * directory that must be writable and not mounted {@code noexec}. The message names what to set.
 * Immutable.
 *
 * <p>Either of these system properties helps:
 *
 * <ul>
 *   <li>{@code jna.tmpdir}: a directory to unpack into that is writable and executable;
 *   <li>{@code jna.boot.library.path} with {@code jna.nounpack=true}: the directory that holds an
 *       unpacked {@code libjnidispatch.so} of the same version, where nothing can be written.
 * </ul>
 */
public final class NativeAccessException extends UnsupportedOperationException {

  private static final long serialVersionUID = 1L;

  private static @Nullable String explanation;

  private NativeAccessException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Loads JNA, or says why it cannot be loaded: the same each time it is asked. */
  static synchronized void check() {
    try {
      Native.getLastError();
    } catch (LinkageError e) {
      String why = explanation == null ? explain(e) : explanation;
      explanation = why; // later attempts only say that the class is not there
      throw new NativeAccessException(why, e);
    }
  }

  private static String explain(Throwable cause) {
    String said = String.valueOf(cause.getMessage());
    String where = System.getProperty("jna.tmpdir", System.getProperty("java.io.tmpdir", "/tmp"));
    String words = said.toLowerCase(Locale.ROOT);
    String why =
        words.contains("failed to map segment") || words.contains("operation not permitted")
            ? "the directory it unpacks into is mounted noexec"
            : words.contains("read-only") || words.contains("temporary file")
                ? "the directory it unpacks into cannot be written to"
                : words.contains("jna.boot.library.path") || words.contains("unpack")
                    ? "it may not unpack, and found none ready"
                    : "its library was not loaded";
    return ("JNA cannot make system calls: %s (%s). Start Java with -Djna.tmpdir=DIR, where DIR is"
            + " writable and not noexec, in place of %s; or, where nothing can be written, with"
            + " -Djna.nounpack=true -Djna.boot.library.path=DIR, where DIR holds libjnidispatch.so"
            + " of the same version of JNA")
        .formatted(why, said.lines().findFirst().orElse(""), where);
  }
}
