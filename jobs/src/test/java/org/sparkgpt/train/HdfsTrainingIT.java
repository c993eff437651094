package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.CheckpointException;
import org.sparkgpt.checkpoint.Checkpoints;

/** Training with its checkpoints on an HDFS of a NameNode and two DataNodes. */
class HdfsTrainingIT {
  /** Checkpoints after steps 2, 4 and 6. */
  private static final TrainConfig CONFIG =
      TinyRun.withCheckpoints(TinyRun.config(Strategy.DILOCO, 2, 6, 2), 2, 2, null);

  @TempDir private static java.nio.file.Path temp;
  private static MiniDFSCluster hdfs;
  private static DistributedFileSystem fs;
  private static JavaSparkContext spark;
  private static float[] undisturbed;

  @BeforeAll
  static void open() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, temp.resolve("hdfs").toString());
    conf.setInt("dfs.blocksize", 1 << 20);
    conf.setInt("dfs.replication", 2);
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(2).build();
    hdfs.waitActive();
    fs = hdfs.getFileSystem();
    spark = TinyRun.spark();
    undisturbed = TinyRun.parameters(run(CONFIG, new Path(temp.resolve("local").toUri())));
  }

  @AfterAll
  static void close() {
    spark.close();
    hdfs.shutdown();
  }

  @Test
  void anInterruptedRunIsSweptResumedAndPruned() throws IOException {
    Path directory = directory("interrupted");
    assertThatThrownBy(() -> run(CONFIG, directory, at(6, HdfsTrainingIT::interrupt)))
        .hasMessage("interrupted");
    fs.create(new Path(directory, "step-000000006.tmp-killed/outer-00000.1.bin")).close();

    TrainReport report = run(CONFIG, directory);

    assertThat(report.resumedFrom()).isEqualTo(4);
    assertThat(TinyRun.parameters(report)).isEqualTo(undisturbed);
    assertThat(directories(directory)).containsExactly("step-000000004", "step-000000006");
    for (FileStatus file : fs.listStatus(report.checkpoint())) {
      assertThat(file.getReplication()).as(file.getPath().getName()).isEqualTo((short) 2);
    }
  }

  @Test
  void aNameNodeInSafeModeEndsTheRunWithItsReasonAndNothingHalf() throws IOException {
    Path directory = directory("safe-mode");

    assertThatThrownBy(
            () ->
                run(
                    CONFIG,
                    directory,
                    at(4, () -> safeMode(HdfsConstants.SafeModeAction.SAFEMODE_ENTER))))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("step-000000004")
        .hasMessageContaining("SafeModeException")
        .hasMessageContaining("the ones before it are whole");
    safeMode(HdfsConstants.SafeModeAction.SAFEMODE_LEAVE);

    assertResumesFrom(2, directory);
  }

  @Test
  void aFullQuotaEndsTheRunWithItsReasonAndNothingHalf() throws IOException {
    Path directory = directory("quota");
    fs.mkdirs(directory);

    assertThatThrownBy(() -> run(CONFIG, directory, at(4, () -> quota(directory, 4L << 20))))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("step-000000004.tmp-")
        .hasMessageContaining("cannot be written: DSQuotaExceededException")
        .hasMessageContaining(directory.toUri().getPath());
    assertThat(directories(directory)).hasSize(2).first().isEqualTo("step-000000002");
    quota(directory, HdfsConstants.QUOTA_RESET);

    assertResumesFrom(2, directory);
  }

  @Test
  void aFlippedByteIsRefusedByNameAndTheCheckpointBeforeIsThere() throws IOException {
    Path directory = directory("flipped");
    assertThatThrownBy(() -> run(CONFIG, directory, at(6, HdfsTrainingIT::interrupt)));
    Path newest = new Path(directory, "step-000000004");
    Path file = fs.globStatus(new Path(newest, "inner-00001.*"))[0].getPath();
    flipAByte(file);

    assertThatThrownBy(() -> run(CONFIG, directory))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.getName() + ": CRC32C ")
        .hasMessageContaining("delete " + fs.makeQualified(newest));
    fs.delete(newest, true);

    assertResumesFrom(2, directory);
  }

  @Test
  void twoWorkersStateTrainsOnAsOneAndAsThree() throws IOException {
    for (int workers : new int[] {1, 3}) {
      Path directory = directory("workers-" + workers);
      List<Double> losses = new ArrayList<>();
      RoundListener first =
          listener(
              round -> {
                losses.add(round.loss());
                if (round.step() == 16) {
                  interrupt();
                }
              });
      assertThatThrownBy(() -> run(ofTwelve(2), directory, first)).hasMessage("interrupted");

      TrainReport report =
          run(ofTwelve(workers), directory, listener(round -> losses.add(round.loss())));

      assertThat(report.resumedFrom()).isEqualTo(12);
      assertThat(losses).hasSize(4 + 3);
      assertThat(losses.get(4)).as("first loss on " + workers).isLessThan(losses.get(1));
      assertThat(report.loss()).isLessThan(losses.get(2)).isLessThan(0.8 * losses.get(0));
    }
  }

  /** Batches that 1, 2 and 3 workers can share. */
  private static TrainConfig ofTwelve(int workers) {
    TrainConfig config =
        TinyRun.withCheckpoints(TinyRun.config(Strategy.DILOCO, 1, 24, 4), 12, 2, null);
    ObjectMapper json = new ObjectMapper();
    try {
      return json.treeToValue(
          json.<ObjectNode>valueToTree(config).put("batchSize", 12).put("workers", workers),
          TrainConfig.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertResumesFrom(int step, Path directory) throws IOException {
    assertThat(new Checkpoints(fs, directory).newestComplete())
        .get()
        .extracting(Checkpoint::step)
        .isEqualTo(step);
    TrainReport report = run(CONFIG, directory);
    assertThat(report.resumedFrom()).isEqualTo(step);
    assertThat(TinyRun.parameters(report)).isEqualTo(undisturbed);
    assertThat(directories(directory)).containsExactly("step-000000004", "step-000000006");
  }

  private static void flipAByte(Path file) throws IOException {
    byte[] bytes;
    try (FSDataInputStream in = fs.open(file)) {
      bytes = in.readAllBytes();
    }
    bytes[bytes.length / 2] ^= 1;
    try (FSDataOutputStream out = fs.create(file, true)) {
      out.write(bytes);
    }
  }

  private static void interrupt() {
    throw new IllegalStateException("interrupted");
  }

  private static void safeMode(HdfsConstants.SafeModeAction action) {
    try {
      fs.setSafeMode(action);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void quota(Path directory, long bytes) {
    try {
      fs.setQuota(directory, HdfsConstants.QUOTA_DONT_SET, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Does something after the round that ends at {@code step}, before its checkpoint. */
  private static RoundListener at(int step, Runnable what) {
    return listener(
        round -> {
          if (round.step() == step) {
            what.run();
          }
        });
  }

  private static RoundListener listener(java.util.function.Consumer<RoundReport> consumer) {
    return new RoundListener() {
      @Override
      public void roundEnded(RoundReport round) {
        consumer.accept(round);
      }
    };
  }

  private static Path directory(String name) {
    return fs.makeQualified(new Path("/runs/" + name));
  }

  private static List<String> directories(Path directory) throws IOException {
    return Arrays.stream(fs.listStatus(directory))
        .filter(FileStatus::isDirectory)
        .map(status -> status.getPath().getName())
        .toList();
  }

  private static TrainReport run(TrainConfig config, Path directory) {
    return run(config, directory, RoundListener.NONE);
  }

  private static TrainReport run(TrainConfig config, Path directory, RoundListener listener) {
    return TinyRun.train(spark, config, TinyRun.DATA, directory, listener);
  }
}
