package org.pfha.pfsync.wire;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A packed structure of the protocol: which fields it has, in which order, how wide each is.
 * Nothing is padded but by a pad that is written out (spec pfsync 2). Immutable.
 */
public final class Layout {

  /** How a field is encoded; multi-byte numbers are big-endian. */
  public enum Encoding {
    /** One byte. */
    U8,
    /** An unsigned number of two bytes. */
    BE16,
    /** An unsigned number of four bytes. */
    BE32,
    /** A signed number of four bytes. */
    BE32S,
    /** An unsigned number of eight bytes. */
    BE64,
    /** Four opaque bytes. */
    ID32,
    /** Eight opaque bytes. */
    ID64,
    /** Text, ended by a NUL and filled up with them. */
    CSTR,
    /** An address slot of 16 bytes; IPv4 in the first four. */
    ADDR,
    /** Opaque bytes. */
    BYTES,
    /** A BSD socket address. */
    SOCKADDR,
    /** Zeros. */
    PAD,
    /** Another structure; its fields follow under names that begin with this one's. */
    STRUCT;

    /**
     * The name in declarations.
     *
     * @return in lower case
     */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One field. Immutable.
   *
   * @param name the protocol's own
   * @param offset bytes from the start of the structure
   * @param size bytes
   * @param encoding what the bytes mean
   */
  public record Field(String name, int offset, int size, Encoding encoding) {}

  private final String name;
  private final int size;
  private final ImmutableList<Field> fields;
  private final ImmutableMap<String, Field> byName;

  private Layout(String name, int size, List<Field> fields) {
    this.name = name;
    this.size = size;
    this.fields = ImmutableList.copyOf(fields);
    ImmutableMap.Builder<String, Field> named = ImmutableMap.builder();
    for (Field field : fields) {
      if (field.encoding != Encoding.PAD) {
        named.put(field.name, field);
      }
    }
    byName = named.buildOrThrow();
  }

  /**
   * Declares a structure.
   *
   * @param name the protocol's own
   * @param declaration one field a line: type, with the size where the type leaves it open, and
   *     name
   * @param parts structures that serve as types
   */
  static Layout of(String name, String declaration, Layout... parts) {
    List<Field> fields = new ArrayList<>();
    int at = 0;
    for (String line : declaration.lines().toList()) {
      int space = line.indexOf(' ');
      String type = space < 0 ? line : line.substring(0, space);
      String fieldName = space < 0 ? "" : line.substring(space + 1);
      Layout part = null;
      for (Layout candidate : parts) {
        part = candidate.name.equals(type) ? candidate : part;
      }
      if (part == null) {
        Field field = primitive(type, fieldName, at);
        fields.add(field);
        at += field.size;
        continue;
      }
      fields.add(new Field(fieldName, at, part.size, Encoding.STRUCT));
      for (Field inner : part.fields) {
        fields.add(
            new Field(fieldName + "." + inner.name, at + inner.offset, inner.size, inner.encoding));
      }
      at += part.size;
    }
    return new Layout(name, at, fields);
  }

  private static Field primitive(String type, String name, int at) {
    return switch (type) {
      case "u8" -> new Field(name, at, 1, Encoding.U8);
      case "be16" -> new Field(name, at, 2, Encoding.BE16);
      case "be32" -> new Field(name, at, 4, Encoding.BE32);
      case "be32s" -> new Field(name, at, 4, Encoding.BE32S);
      case "be64" -> new Field(name, at, 8, Encoding.BE64);
      case "id32" -> new Field(name, at, 4, Encoding.ID32);
      case "id64" -> new Field(name, at, 8, Encoding.ID64);
      case "addr" -> new Field(name, at, 16, Encoding.ADDR);
      default -> {
        String letters = type.replaceAll("[0-9]+$", "");
        int size = Integer.parseInt(type.substring(letters.length()));
        yield new Field(name, at, size, Encoding.valueOf(letters.toUpperCase(Locale.ROOT)));
      }
    };
  }

  /**
   * What the protocol calls this structure.
   *
   * @return such as {@code pfsync_upd_c}
   */
  public String name() {
    return name;
  }

  /**
   * How large it is.
   *
   * @return bytes
   */
  public int size() {
    return size;
  }

  /**
   * Its fields in their order; a {@link Encoding#STRUCT} is followed by its own.
   *
   * @return an immutable list
   */
  public List<Field> fields() {
    return fields;
  }

  /**
   * Whether there is a field of that name.
   *
   * @param field such as {@code src.seqlo}
   * @return false in a format that does not carry it
   */
  public boolean has(String field) {
    return byName.containsKey(field);
  }

  /**
   * Where a field is.
   *
   * @param field such as {@code src.seqlo}
   * @return bytes from the start of the structure
   * @throws IllegalArgumentException if there is none of that name
   */
  public int offset(String field) {
    Field found = byName.get(field);
    checkArgument(found != null, "%s has no field '%s'", name, field);
    return found.offset;
  }

  /** Where a field is, or {@code otherwise} in a format that does not carry it. */
  int offset(String field, int otherwise) {
    Field found = byName.get(field);
    return found == null ? otherwise : found.offset;
  }

  /** Bytes of a field. */
  int width(String field) {
    offset(field);
    return Objects.requireNonNull(byName.get(field)).size;
  }

  @Override
  public String toString() {
    return name + " (" + size + " bytes)";
  }
}
