package org.sparkgpt.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file's bytes. When the file system itself fails, that is no fault of a record: such failures
 * leave as {@link UncheckedIOException}, pass all rejecting and make Spark try the task again.
 */
final class Storage {
  private Storage() {}

  static InputStream open(Configuration conf, String path) {
    return new Bytes(openFile(conf, path));
  }

  /** The bytes from an offset on. */
  static InputStream open(Configuration conf, String path, long offset) {
    FSDataInputStream in = openFile(conf, path);
    try {
      in.seek(offset);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot seek in " + path + ": " + e.getMessage(), e);
    }
    return new Bytes(in);
  }

  static SeekableByteChannel openChannel(Configuration conf, String path, long size) {
    return new Channel(openFile(conf, path), size);
  }

  private static FSDataInputStream openFile(Configuration conf, String path) {
    try {
      Path file = new Path(path);
      FileSystem fs = file.getFileSystem(conf);
      return fs.open(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open " + path + ": " + e.getMessage(), e);
    }
  }

  private static final class Bytes extends InputStream {
    private final FSDataInputStream in;

    Bytes(FSDataInputStream in) {
      this.in = in;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      try {
        return in.read(target, offset, length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private static final class Channel implements SeekableByteChannel {
    private final FSDataInputStream in;
    private final long size;
    private long position;
    private boolean open = true;

    Channel(FSDataInputStream in, long size) {
      this.in = in;
      this.size = size;
    }

    @Override
    public int read(ByteBuffer target) {
      if (position >= size) {
        return -1;
      }
      byte[] bytes = new byte[target.remaining()];
      try {
        int n = in.read(position, bytes, 0, bytes.length);
        if (n > 0) {
          target.put(bytes, 0, n);
          position += n;
        }
        return n;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) throws IOException {
      if (newPosition < 0) {
        throw RejectedException.damaged(); // an archive's directory points before its start
      }
      position = newPosition;
      return this;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public int write(ByteBuffer source) {
      throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long newSize) {
      throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() throws IOException {
      open = false;
      in.close();
    }
  }
}
