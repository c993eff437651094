package org.sparkgpt.ingest;

import java.io.Closeable;
import java.io.IOException;

/** Decompresses the members of a file, one after the other. */
interface MemberDecoder extends Closeable {
  /** How many bytes {@link #mayBegin} looks at. */
  int MAGIC = 4;

  /** Moves over what may lie between members without being one. */
  void skipPadding(MemberInput in) throws IOException;

  /** Whether a member could begin with the next {@link #MAGIC} bytes, which are there. */
  boolean mayBegin(MemberInput in);

  /**
   * Begins the member at the input's position.
   *
   * @throws IOException if its header is cut or wrong
   */
  void start(MemberInput in) throws IOException;

  /**
   * Decompresses some bytes.
   *
   * @return how many; -1 if the member is over and what came out of it was right
   * @throws IOException if it is cut ({@link java.io.EOFException}) or damaged
   */
  int decode(MemberInput in, byte[] target, int offset, int length) throws IOException;

  /** Gives back what was taken from the input and not used, when a member is given up. */
  void giveUp(MemberInput in);

  @Override
  void close();
}
