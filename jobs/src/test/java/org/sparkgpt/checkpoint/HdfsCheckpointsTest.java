package org.sparkgpt.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;
import scala.Tuple2;

/** A checkpoint of several blocks on an HDFS that loses a DataNode in the middle of it. */
class HdfsCheckpointsTest {
  private static final int CHUNK = 150_000;
  private static final int CHUNKS = 8;
  private static final GptConfig MODEL =
      new GptConfig(CHUNK * CHUNKS - 17, 2, 1, 1, 1, 0, false, Gelu.TANH, null, DtypeChoice.F32);

  private static final AtomicInteger records = new AtomicInteger();
  private static final List<MiniDFSCluster.DataNodeProperties> stopped =
      Collections.synchronizedList(new ArrayList<>());

  @TempDir private static java.nio.file.Path temp;
  private static MiniDFSCluster hdfs; // static: tasks run in this JVM and reach for it
  private static DistributedFileSystem fs;
  private static JavaSparkContext spark;
  private Checkpoints checkpoints;
  private CheckpointWriter writer;

  @BeforeAll
  static void open() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, temp.toString());
    conf.setInt("dfs.blocksize", 1 << 20); // a file has two or three
    conf.setInt("dfs.replication", 2);
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(2).build();
    hdfs.waitActive();
    fs = hdfs.getFileSystem();
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2,4]") // a task is tried four times, as on a cluster
                .setAppName("hdfs-checkpoints-test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1"));
  }

  @AfterAll
  static void close() {
    spark.close();
    hdfs.shutdown();
  }

  @BeforeEach
  void directory(TestInfo test) {
    String name = test.getTestMethod().orElseThrow().getName();
    checkpoints = new Checkpoints(fs, fs.makeQualified(new Path("/" + name)));
    writer = new CheckpointWriter(checkpoints, new StateRdds(spark, fs.getConf()));
    records.set(0);
  }

  @AfterEach
  void restartDataNodes() throws IOException {
    for (MiniDFSCluster.DataNodeProperties node : stopped) {
      hdfs.restartDataNode(node);
    }
    stopped.clear();
    hdfs.waitActive();
  }

  @Test
  void aDataNodeLostWhileACheckpointIsWrittenCostsNoCheckpoint() {
    writer.publish(draft(100), outer(1), inner());

    Checkpoint written =
        writer.publish(draft(200), outer(2).mapValues(new StopDataNode()), inner());

    assertThat(hdfs.getDataNodes()).hasSize(1);
    assertThat(Checkpoint.open(fs, written.path()).readParameters().toArray()).containsOnly(2);
    Checkpoint later = writer.publish(draft(300), outer(3), inner());
    assertThat(later.readParameters().toArray()).containsOnly(3);
    checkpoints.prune(2, null);
    assertThat(checkpoints.complete()).hasSize(2);
    assertThat(checkpoints.unfinished()).isEmpty();
  }

  @Test
  void withNoDataNodeLeftTheCheckpointFailsAndTheOneBeforeStays() throws IOException {
    writer.publish(draft(100), outer(1), inner());
    stopped.add(hdfs.stopDataNode(0));

    assertThatThrownBy(
            () -> writer.publish(draft(200), outer(2).mapValues(new StopDataNode()), inner()))
        .hasRootCauseInstanceOf(IOException.class)
        .hasStackTraceContaining("step-000000200.tmp-")
        .hasStackTraceContaining("cannot be written");

    assertThat(checkpoints.complete()).extracting(Path::getName).containsExactly("step-000000100");
    assertThat(checkpoints.unfinished()).hasSize(1);
    checkpoints.sweep();
    assertThat(checkpoints.unfinished()).isEmpty();
  }

  @Test
  void attemptsBesideEachOtherWriteFilesOfTheirOwnAndOneOfThemCounts() throws IOException {
    Checkpoint written = writer.publish(draft(100), outer(1).mapValues(new FailFirst()), inner());

    assertThat(written.readParameters().toArray()).containsOnly(1);
    assertThat(fs.listStatus(written.path()))
        .extracting(FileStatus::getPath)
        .extracting(Path::getName)
        .hasSize(2 + 1 + 1) // outer, inner, manifest: nothing of the attempts that failed
        .anyMatch(name -> name.matches("outer-00001\\.\\d+\\.bin"));
    assertThat(new StateRdds(spark, fs.getConf()).outer(written).count()).isEqualTo(CHUNKS);
  }

  private JavaPairRDD<Integer, byte[]> outer(float value) {
    List<Tuple2<Integer, Float>> chunks =
        IntStream.range(0, CHUNKS).mapToObj(chunk -> new Tuple2<>(chunk, value)).toList();
    return spark.parallelizePairs(chunks, 2).mapValues(HdfsCheckpointsTest::chunkOf);
  }

  private static byte[] chunkOf(float value) {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  private JavaPairRDD<Integer, byte[]> inner() {
    return spark.parallelizePairs(List.of(), 1);
  }

  private static CheckpointManifest draft(int step) {
    return new CheckpointManifest(
        CheckpointManifest.FORMAT_VERSION,
        step,
        step,
        step,
        0,
        1,
        MODEL,
        new AdamWConfig(1e-3, 1e-4, 4, 0.9, 0.99, 1e-8, 0.1, 1.0),
        JsonNodeFactory.instance.objectNode(),
        "digest",
        CHUNK * CHUNKS,
        CHUNK,
        List.of("parameters"),
        List.of(),
        List.of());
  }

  /** Stops the first DataNode there is when more than a block has been written. */
  private static final class StopDataNode
      implements org.apache.spark.api.java.function.Function<byte[], byte[]> {
    @Override
    public byte[] call(byte[] record) {
      if (records.incrementAndGet() == 6) {
        stopped.add(hdfs.stopDataNode(0));
      }
      return record;
    }
  }

  /** Every first attempt ends after its third record. */
  private static final class FailFirst
      implements org.apache.spark.api.java.function.Function<byte[], byte[]> {
    private int seen;

    @Override
    public byte[] call(byte[] record) throws IOException {
      if (TaskContext.get().attemptNumber() == 0 && ++seen == 3) {
        throw new IOException("this attempt fails");
      }
      return record;
    }
  }
}
