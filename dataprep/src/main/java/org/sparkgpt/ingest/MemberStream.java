package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.InputStream;

/** What all members of a compressed file give, as one stream; it ends at the first damage. */
final class MemberStream extends BulkInputStream {
  private final Members members;
  private boolean open;
  private boolean ended;

  MemberStream(InputStream in, MemberDecoder decoder) {
    this.members = new Members(new MemberInput(in, 0), decoder, Members.ANYTHING, ByteRange.WHOLE);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      int n = readMember(target, offset, length);
      if (n >= 0) {
        return n;
      }
    }
    return -1;
  }

  private int readMember(byte[] target, int offset, int length) throws IOException {
    boolean failed = true;
    try {
      int n = open ? members.read(target, offset, length) : -1;
      if (n < 0) {
        open = members.next();
      }
      failed = false;
      ended = !open;
      return n;
    } finally {
      ended |= failed;
    }
  }

  @Override
  public void close() throws IOException {
    members.close();
  }
}
