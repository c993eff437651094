package org.sparkgpt.ingest;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * The members of a compressed file, each decompressed by itself: gzip members or zstd frames.
 * Damage costs the member it is in; reading goes on with the next one that can be found.
 *
 * <p>Tasks may share a file by ranges of bytes. A member belongs to the range that holds its first
 * byte; bytes that belong to no member count to the one before them, or to the file's start.
 * Whether a member begins at some byte is told by what follows, never by what went before: so all
 * tasks agree.
 *
 * <p>A member is checked before its last bytes are handed out, so that what fits into one buffer is
 * never seen unless its checksum holds.
 */
final class Members implements Closeable {
  /** Whether the members that are wanted begin so. */
  @FunctionalInterface
  interface Start {
    /** As many bytes are shown, fewer only if a member has no more. */
    int BYTES = 12;

    boolean test(byte[] bytes, int length);
  }

  /** Nothing is known of what the members hold. */
  static final Start ANYTHING = (bytes, length) -> true;

  private static final int BUFFER = 1 << 16;

  /** A member whose first bytes have been decompressed. */
  private record Entered(long offset, byte[] bytes, boolean over, IOException failure) {}

  private final MemberInput in;
  private final MemberDecoder decoder;
  private final Start start;
  private final ByteRange range;
  private final byte[] out = new byte[BUFFER];
  private int position;
  private int limit;
  private long offset;
  private boolean begun;
  private boolean ended;

  /** The current member has been decompressed to its end. */
  private boolean over;

  /** A member that was found while damage before it had yet to be told; null if there is none. */
  private Entered pending;

  /** What is wrong with the current member behind the bytes in the buffer. */
  private IOException failure;

  /**
   * @param in from the range's first byte on
   * @param start members that do not begin so are taken for damage
   */
  Members(MemberInput in, MemberDecoder decoder, Start start, ByteRange range) {
    this.in = in;
    this.decoder = decoder;
    this.start = start;
    this.range = range;
    this.offset = range.start();
  }

  /** Where the current member, or what cannot be read, begins in the file. */
  long offset() {
    return offset;
  }

  /**
   * Moves to the next member, false at the end. The current one must have been read to its end or
   * to its failure.
   *
   * @throws IOException if something else is here; the next call looks behind it
   */
  boolean next() throws IOException {
    if (ended || !advance() || offset >= range.end()) {
      ended = true;
      return false;
    }
    fill();
    return true;
  }

  private boolean advance() throws IOException {
    if (pending != null) {
      resume();
      return true;
    }
    if (!begun && range.start() > 0) {
      begun = true;
      return search(range.end());
    }
    begun = true;
    decoder.skipPadding(in);
    if (!in.has(1)) {
      return false;
    }
    if (!enter()) {
      throw unexpected();
    }
    return true;
  }

  private void resume() {
    offset = pending.offset();
    System.arraycopy(pending.bytes(), 0, out, 0, pending.bytes().length);
    position = 0;
    limit = pending.bytes().length;
    over = pending.over();
    failure = pending.failure();
    pending = null;
  }

  /** Bytes where a member should begin: up to the next one they count once. */
  private IOException unexpected() throws IOException {
    long from = offset;
    IOException cause = failure;
    findPending(from);
    return cause instanceof EOFException && pending != null ? RejectedException.damaged() : cause;
  }

  private void findPending(long from) throws IOException {
    in.goBackTo(from + 1);
    boolean more = search(Long.MAX_VALUE);
    pending = more ? new Entered(offset, Arrays.copyOf(out, limit), over, failure) : null;
    ended = !more;
    offset = from;
  }

  /** Moves to the first place before {@code end} where a member begins. */
  private boolean search(long end) throws IOException {
    while (in.offset() < end && in.has(MemberDecoder.MAGIC)) {
      if (decoder.mayBegin(in) && enter()) {
        return true;
      }
      in.skip();
    }
    return false;
  }

  /**
   * Whether a member begins here: then it is the current one. Else nothing has moved, and what was
   * wrong is the failure.
   */
  private boolean enter() throws IOException {
    offset = in.offset();
    position = 0;
    limit = 0;
    over = false;
    failure = null;
    if (!in.has(MemberDecoder.MAGIC)) {
      failure = new EOFException("compressed file is cut");
      return false;
    }
    try {
      if (!decoder.mayBegin(in)) {
        throw RejectedException.damaged();
      }
      decoder.start(in);
      while (limit < Start.BYTES && !over) {
        decode(Start.BYTES);
      }
    } catch (EOFException | RejectedException e) {
      failure = e;
    }
    if (limit > 0 && start.test(out, limit) || limit == 0 && failure == null) {
      return true;
    }
    failure = failure == null ? RejectedException.damaged() : failure;
    decoder.giveUp(in);
    in.goBackTo(offset);
    return false;
  }

  private void decode(int upTo) throws IOException {
    int n = decoder.decode(in, out, limit, upTo - limit);
    if (n < 0) {
      over = true;
    } else {
      limit += n;
    }
  }

  /** Decompresses until the buffer is full, the member is over or something is wrong. */
  private void fill() throws IOException {
    try {
      if (failure != null) {
        throw failure;
      }
      while (limit < BUFFER && !over) {
        decode(BUFFER);
      }
    } catch (EOFException | RejectedException e) {
      fail(e);
    }
  }

  /** What a cut member gave counts; what a damaged one gave last may be wrong and does not. */
  private void fail(IOException cause) throws IOException {
    byte[] given = Arrays.copyOf(out, limit);
    decoder.giveUp(in);
    findPending(offset);
    // Damage can make a member seem to reach to the file's end, over others.
    boolean cut = cause instanceof EOFException && pending == null;
    failure = cut || !(cause instanceof EOFException) ? cause : RejectedException.damaged();
    over = true;
    if (cut) {
      System.arraycopy(given, 0, out, 0, given.length);
    }
    position = 0;
    limit = cut ? given.length : 0;
  }

  /**
   * Bytes of the current member, -1 at its end.
   *
   * @throws IOException if it is cut or damaged; then nothing more comes of it
   */
  int read(byte[] target, int from, int length) throws IOException {
    if (position == limit && !over) {
      position = 0;
      limit = 0;
      fill();
    }
    if (position == limit && failure != null) {
      throw takeFailure();
    }
    if (position == limit) {
      return -1;
    }
    int n = Math.min(length, limit - position);
    System.arraycopy(out, position, target, from, n);
    position += n;
    return n;
  }

  private IOException takeFailure() {
    IOException taken = failure;
    failure = null;
    return taken;
  }

  @Override
  public void close() throws IOException {
    decoder.close();
    in.close();
  }
}
