package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.CheckpointException;
import org.sparkgpt.checkpoint.CheckpointManifest;
import org.sparkgpt.checkpoint.CheckpointWriter;
import org.sparkgpt.checkpoint.Checkpoints;
import org.sparkgpt.checkpoint.StateRdds;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.kernel.KernelChoice;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptNetwork;
import picocli.CommandLine;
import scala.Tuple2;

/** What users do with a checkpoint: look at it, verify it, take it to DL4J. */
class CheckpointCommandsTest {
  private static final GptConfig MODEL =
      new GptConfig(13, 8, 1, 2, 12, 0, true, Gelu.TANH, null, DtypeChoice.F32);
  private static final AdamWConfig OPTIMIZER =
      new AdamWConfig(1e-2, 1e-3, 2, 0.9, 0.99, 1e-8, 0.1, 1.0);
  private static final Execution EXECUTION = new Execution(2, KernelChoice.PLAIN, 1, false);
  private static final int STEPS = 40;
  private static final int CHUNK = 1000;

  private static JavaSparkContext spark;
  @TempDir private java.nio.file.Path temp;
  private FileSystem fs;
  private MultiLayerNetwork network;

  private record Result(int exitCode, String out, String err) {}

  @BeforeAll
  static void open() {
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("checkpoint-commands-test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1"));
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  @BeforeEach
  void train() throws IOException {
    fs = FileSystem.getLocal(new Configuration());
    network = GptNetwork.create(MODEL, OPTIMIZER, STEPS, 5, EXECUTION);
    for (int step = 0; step < 3; step++) {
      network.fit(batch(step));
    }
  }

  @Test
  void inspectShowsACheckpointAndADirectoryOfThem() throws IOException {
    Checkpoint checkpoint = save(3);
    save(20);
    Files.createDirectory(temp.resolve("step-000000030.tmp-1"));

    Result one = sparkgpt("inspect", checkpoint.path().toString());
    Result all = sparkgpt("inspect", temp.toString(), "--verify");

    assertThat(one.exitCode()).isZero();
    assertThat(one.out())
        .contains("step          3 of 40")
        .contains("tokens        192")
        .contains("1 layers, 2 heads, width 12, context 8, vocabulary 13")
        .contains("diloco, 2 worker(s), batches of 8, seed 5")
        .contains("per worker    m, v")
        .contains("in 4 files")
        .containsPattern("written +20\\d\\d-\\d\\d-\\d\\dT.*Z\n")
        .contains("state         complete\n");
    assertThat(all.exitCode()).isZero();
    assertThat(all.out().lines())
        .hasSize(4)
        .anyMatch(line -> line.matches("step-000000003 +3 +192 +0 +diloco +2 +4 .*compared"))
        .anyMatch(line -> line.startsWith("step-000000020 "))
        .anyMatch(line -> line.startsWith("step-000000030.tmp-1: not finished"));
  }

  @Test
  void inspectEndsWithOneAndNamesEveryDamagedFile() throws IOException {
    Checkpoint checkpoint = save(3);
    java.nio.file.Path outer = file("outer-00001");
    java.nio.file.Path inner = file("inner-00000");
    for (java.nio.file.Path file : List.of(outer, inner)) {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length - 1] ^= 1;
      overwrite(file, bytes);
    }
    String directory = checkpoint.path().toString();

    assertThat(sparkgpt("inspect", directory).exitCode()).as("nothing is read").isZero();
    Result damaged = sparkgpt("inspect", directory, "--verify");
    assertThat(damaged.exitCode()).isEqualTo(1);
    assertThat(damaged.out())
        .contains("state         damaged")
        .contains(outer.getFileName() + ": CRC32C ")
        .contains(inner.getFileName() + ": CRC32C ")
        .contains("delete " + checkpoint.path());

    Files.delete(inner);
    Result missing = sparkgpt("inspect", temp.toString());
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.out()).contains("damaged\n", inner.getFileName() + ": missing");

    overwrite(file("manifest.json"), "{".getBytes());
    Result manifest = sparkgpt("inspect", temp.toString());
    assertThat(manifest.exitCode()).isEqualTo(1);
    assertThat(manifest.out()).contains("step-000000003: damaged", "manifest.json: not a manifest");
    assertThat(sparkgpt("inspect", directory).exitCode()).isEqualTo(1);
  }

  @Test
  void verifyIsForCheckpointsOnly() {
    Result result = sparkgpt("inspect", temp.toString(), "--verify");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("--verify is for checkpoints, here are none");
  }

  @Test
  void dl4jRestoresAnExportAndTrainsOnAsIfNeverStopped() throws IOException {
    Checkpoint checkpoint = save(3);

    double difference =
        Dl4jExport.write(checkpoint, EXECUTION, fs, new Path(temp.resolve("export").toUri()));

    assertThat(difference).isZero();
    assertThat(temp.resolve("export").toFile().list((d, name) -> !name.endsWith(".crc")))
        .containsExactly(Dl4jExport.FILE);
    MultiLayerNetwork restored =
        ModelSerializer.restoreMultiLayerNetwork(
            temp.resolve("export/" + Dl4jExport.FILE).toFile(), true);
    INDArray features = batch(9).getFeatures();
    assertThat(restored.output(features)).isEqualTo(network.output(features));
    assertThat(restored.score(batch(9))).isEqualTo(network.score(batch(9)));
    assertThat(restored.getUpdater().getStateViewArray())
        .isEqualTo(network.getUpdater().getStateViewArray());
    network.fit(batch(10));
    restored.fit(batch(10));
    assertThat(restored.params()).isEqualTo(network.params());
    assertThat(restored.getIterationCount()).isEqualTo(4);
  }

  @Test
  void aDamagedCheckpointIsNotExported() throws IOException {
    Checkpoint checkpoint = save(3);
    overwrite(file("outer-00000"), new byte[17]);

    assertThatThrownBy(
            () -> Dl4jExport.write(checkpoint, EXECUTION, fs, new Path(temp.toUri() + "/export")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("17 bytes instead of");
    assertThat(temp.resolve("export")).doesNotExist();
  }

  private static DataSet batch(int seed) {
    int[] ids = new int[4 * 8];
    int[] targets = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (i * 5 + seed) % 13;
      targets[i] = (i * 5 + seed + 5) % 13;
    }
    return GptNetwork.batch(ids, targets, 4, 8);
  }

  private Checkpoint save(int step) {
    FloatBlock parameters = GptNetwork.parameters(network);
    CheckpointManifest draft =
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION,
            step,
            step * 8L,
            step * 64L,
            0,
            5,
            MODEL,
            OPTIMIZER,
            JsonNodeFactory.instance
                .objectNode()
                .put("strategy", "diloco")
                .put("steps", STEPS)
                .put("workers", 2)
                .put("batchSize", 8),
            "digest",
            parameters.length(),
            CHUNK,
            List.of("parameters"),
            List.of("m", "v"),
            List.of());
    JavaPairRDD<Integer, byte[]> outer = spark.parallelizePairs(records(1, parameters), 2);
    Checkpoints checkpoints = new Checkpoints(fs, new Path(temp.toUri()));
    return new CheckpointWriter(checkpoints, new StateRdds(spark, fs.getConf()))
        .publish(draft, outer, inner());
  }

  /** AdamW's state of two workers whose mean is the network's, to the bit. */
  private JavaPairRDD<Integer, byte[]> inner() {
    FloatBlock state = GptNetwork.updaterState(network);
    long length = state.length() / 2;
    FloatBlock m = state.slice(0, length);
    FloatBlock v = state.slice(length, length);
    List<Tuple2<Integer, byte[]>> records = new ArrayList<>(records(2, m, v));
    records.addAll(records(0, m, v));
    return spark.parallelizePairs(records, 2);
  }

  private static List<Tuple2<Integer, byte[]>> records(float factor, FloatBlock... segments) {
    List<Tuple2<Integer, byte[]>> records = new ArrayList<>();
    for (int from = 0; from < segments[0].length(); from += CHUNK) {
      int count = (int) Math.min(CHUNK, segments[0].length() - from);
      ByteBuffer bytes =
          ByteBuffer.allocate(segments.length * count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (FloatBlock segment : segments) {
        for (float value : segment.toArray(from, count)) {
          bytes.putFloat(value * factor);
        }
      }
      records.add(new Tuple2<>(from / CHUNK, bytes.array()));
    }
    return records;
  }

  private java.nio.file.Path file(String prefix) throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(temp.resolve("step-000000003"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Without Hadoop's own checksum file, which a remote file system does not have either. */
  private static void overwrite(java.nio.file.Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
  }

  private static Result sparkgpt(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        SparkGpt.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return new Result(commandLine.execute(arguments), out.toString(), err.toString());
  }
}
