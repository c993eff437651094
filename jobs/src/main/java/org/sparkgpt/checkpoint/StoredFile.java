package org.sparkgpt.checkpoint;

import java.util.regex.Pattern;

/**
 * One file of a checkpoint, as the manifest lists it. What a manifest says is not trusted: a name
 * can only be that of a file directly in the checkpoint's directory.
 *
 * @param name inside the checkpoint's directory: letters, digits, {@code - . _}
 * @param kind what its records are
 * @param partition chunk owner (outer) or worker (inner) that wrote it
 * @param bytes its size
 * @param crc32c of its bytes, eight hexadecimal digits
 */
public record StoredFile(String name, Kind kind, int partition, long bytes, String crc32c) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-zA-Z0-9._-]{0,127}");
  private static final Pattern CRC = Pattern.compile("[0-9a-f]{8}");

  public StoredFile {
    if (name == null || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the file name '" + name + "' is not one inside the checkpoint's directory");
    }
    if (kind == null || partition < 0 || bytes < StateFile.HEADER) {
      throw new IllegalArgumentException(
          name + ": kind " + kind + ", partition " + partition + " and " + bytes + " bytes");
    }
    if (crc32c == null || !CRC.matcher(crc32c).matches()) {
      throw new IllegalArgumentException(name + ": '" + crc32c + "' is no CRC32C");
    }
  }

  /** What a record holds. */
  public enum Kind {
    /** Parameters and, after them, what the outer optimizer or the sharded AdamW keeps for them. */
    OUTER,
    /** What one worker keeps for itself: AdamW's moments and whatever else its strategy has. */
    INNER
  }
}
