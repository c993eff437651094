package org.sparkgpt.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.train.RoundListener;
import org.sparkgpt.train.RoundReport;
import org.sparkgpt.train.TrainingStart;

/**
 * The rounds as scalars for TensorBoard: {@code tensorboard/events.out.tfevents.<time>.<host>}
 * beside the checkpoints, readable while the run goes on.
 *
 * <p>The file is a sequence of TFRecords: length of the data (8 bytes, little-endian), masked
 * CRC-32C of these 8 bytes (4 bytes), the data, masked CRC-32C of the data. The data is a protocol
 * buffer {@code tensorflow.Event} with
 *
 * <pre>
 *   1 wall_time     double, seconds since 1970
 *   2 step          int64
 *   3 file_version  string: "brain.Event:2", in the first event only
 *   5 summary       message: repeated 1 value { 1 tag: string, 2 simple_value: float }
 *   7 session_log   message: 1 status: 1 (START), in the second event only
 * </pre>
 *
 * A resumed run writes another file. Its START event has the first step that it takes itself: from
 * there on TensorBoard forgets what earlier files have, so a step that an interrupted run took
 * after its last checkpoint is shown once, as the resumed run took it.
 */
public final class TensorBoardEvents implements RoundListener {
  /** Directory of the event files, beside the checkpoints. */
  public static final String DIRECTORY = "tensorboard";

  private static final String PREFIX = "events.out.tfevents.";
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  private static final int STATUS = 1;
  private static final int START = 1;
  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;

  private Path file;
  private FSDataOutputStream out;

  @Override
  public void trainingStarted(TrainingStart start) {
    try {
      Path directory = new Path(start.directory(), DIRECTORY);
      start.fs().mkdirs(directory);
      long now = System.currentTimeMillis();
      long name = Math.max(now / 1000, newest(start.fs(), directory) + 1);
      file = new Path(directory, String.format("%s%010d.%s", PREFIX, name, host()));
      out = start.fs().create(file, false);
      write(
          new ProtoMessage().float64(WALL_TIME, now * 1e-3).string(FILE_VERSION, "brain.Event:2"));
      write(
          event(now, start.step() + 1L)
              .message(SESSION_LOG, new ProtoMessage().int64(STATUS, START)));
      out.hflush();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void roundEnded(RoundReport round) {
    ProtoMessage summary = new ProtoMessage();
    add(summary, "train/loss", round.loss());
    add(summary, "train/learning_rate", round.learningRate());
    add(summary, "train/gradient_norm", round.gradientNorm());
    add(summary, "train/tokens_per_second", round.tokensPerSecond());
    add(summary, "train/round_bytes", round.bytes());
    add(summary, "workers/slowest_seconds", round.slowestWorkerSeconds());
    add(summary, "workers/median_seconds", round.medianWorkerSeconds());
    try {
      write(event(round.time(), round.step()).message(SUMMARY, summary));
      out.hflush();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void trainingEnded() {
    try {
      out.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static ProtoMessage event(long milliseconds, long step) {
    return new ProtoMessage().float64(WALL_TIME, milliseconds * 1e-3).int64(STEP, step);
  }

  private static void add(ProtoMessage summary, String tag, double value) {
    if (Double.isFinite(value)) {
      ProtoMessage scalar = new ProtoMessage().string(TAG, tag);
      summary.message(VALUE, scalar.float32(SIMPLE_VALUE, (float) value));
    }
  }

  private void write(ProtoMessage event) throws IOException {
    byte[] data = event.toBytes();
    ByteBuffer length = littleEndian(Long.BYTES).putLong(data.length);
    out.write(length.array());
    out.write(littleEndian(Integer.BYTES).putInt(maskedCrc(length.array())).array());
    out.write(data);
    out.write(littleEndian(Integer.BYTES).putInt(maskedCrc(data)).array());
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Rotated by 15 bits, plus a constant: TFRecord's, so that a CRC of CRCs is none. */
  private static int maskedCrc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  /** The time in the newest file's name, by which TensorBoard orders them; 0: there is none. */
  private static long newest(FileSystem fs, Path directory) throws IOException {
    long newest = 0;
    for (FileStatus status : fs.listStatus(directory)) {
      String name = status.getPath().getName();
      if (name.matches("events\\.out\\.tfevents\\.\\d{10}\\..*")) {
        newest = Math.max(newest, Long.parseLong(name.substring(PREFIX.length()).split("\\.")[0]));
      }
    }
    return newest;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost"; // a machine without a name of its own; the name only tells files apart
    }
  }

  private UncheckedIOException failed(IOException e) {
    return new UncheckedIOException(file + ": TensorBoard's events cannot be written", e);
  }
}
