package org.sparkgpt.checkpoint;

/**
 * One file of a checkpoint, as the manifest lists it.
 *
 * @param name inside the checkpoint's directory
 * @param kind what its records are
 * @param partition chunk owner (outer) or worker (inner) that wrote it
 * @param bytes its size
 * @param crc32c of its bytes, eight hexadecimal digits
 */
public record StoredFile(String name, Kind kind, int partition, long bytes, String crc32c) {

  /** What a record holds. */
  public enum Kind {
    /** Parameters and, after them, what the outer optimizer or the sharded AdamW keeps for them. */
    OUTER,
    /** AdamW moments of one worker. */
    INNER
  }
}
