package org.sparkgpt.ingest;

import java.io.IOException;

/** A file that is not compressed: all of it is one member. */
final class StoredMember implements MemberDecoder {
  @Override
  public void skipPadding(MemberInput in) {}

  @Override
  public boolean mayBegin(MemberInput in) {
    return true;
  }

  @Override
  public void start(MemberInput in) {}

  @Override
  public int decode(MemberInput in, byte[] target, int offset, int length) throws IOException {
    return in.read(target, offset, length);
  }

  @Override
  public void giveUp(MemberInput in) {}

  @Override
  public void close() {}
}
