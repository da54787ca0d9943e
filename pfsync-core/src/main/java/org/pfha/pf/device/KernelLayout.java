package org.pfha.pf.device;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How a 64-bit FreeBSD lays out a C structure, as far as this library reads or writes it; to be
 * checked against a kernel's headers. amd64 and arm64 are alike. Immutable once {@link Layouts} is
 * loaded.
 */
public final class KernelLayout {

  /**
   * Where a field lies.
   *
   * @param offset from the beginning of the structure, in bytes
   * @param size in bytes
   */
  public record Field(int offset, int size) {}

  private static final List<KernelLayout> ALL = new ArrayList<>();

  private final String name;
  private final int size;
  private final int firstRelease;
  private final int lastRelease;
  private final Map<String, Field> fields = new LinkedHashMap<>();

  private KernelLayout(String name, int size, int firstRelease, int lastRelease) {
    this.name = name;
    this.size = size;
    this.firstRelease = firstRelease;
    this.lastRelease = lastRelease;
  }

  static KernelLayout of(String name, int size) {
    return of(name, size, 13, Integer.MAX_VALUE);
  }

  static KernelLayout of(String name, int size, int firstRelease, int lastRelease) {
    KernelLayout layout = new KernelLayout(name, size, firstRelease, lastRelease);
    ALL.add(layout);
    return layout;
  }

  /** Notes a field and returns its offset, for the constant that the code uses. */
  @CanIgnoreReturnValue
  int field(String field, int offset, int fieldSize) {
    fields.put(field, new Field(offset, fieldSize));
    return offset;
  }

  /** The offset of a field that was noted. */
  int offset(String field) {
    return Objects.requireNonNull(fields.get(field), field).offset();
  }

  /**
   * Every structure.
   *
   * @return some names twice, with different releases
   */
  public static List<KernelLayout> all() {
    Layouts.load();
    return Collections.unmodifiableList(ALL);
  }

  /**
   * The structure's tag.
   *
   * @return such as {@code pfioc_table}
   */
  public String name() {
    return name;
  }

  /**
   * Its size.
   *
   * @return bytes
   */
  public int size() {
    return size;
  }

  /**
   * Whether the library uses this layout on a release.
   *
   * @param major such as 14
   * @return true if it does
   */
  public boolean appliesTo(int major) {
    return major >= firstRelease && major <= lastRelease;
  }

  /**
   * The fields used, by the kernel's names; dots lead into nested structures.
   *
   * @return in order of declaration
   */
  public Map<String, Field> fields() {
    return Collections.unmodifiableMap(fields);
  }

  @Override
  public String toString() {
    return name + "[" + size + "]";
  }
}
