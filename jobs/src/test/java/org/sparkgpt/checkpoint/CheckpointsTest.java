package org.sparkgpt.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;
import scala.Tuple2;

class CheckpointsTest {
  private static final int CHUNK = 4;
  private static final int CHUNKS = 5;

  /** CHUNK * CHUNKS parameters. */
  private static final GptConfig MODEL =
      new GptConfig(3, 2, 1, 1, 1, 0, false, Gelu.TANH, null, DtypeChoice.F32);

  private static JavaSparkContext spark;
  @TempDir java.nio.file.Path temp;
  private FileSystem fs;
  private Checkpoints checkpoints;
  private CheckpointWriter writer;
  private StateRdds state;

  @BeforeAll
  static void open() {
    SparkConf conf = new SparkConf().setMaster("local[2]").setAppName("checkpoints-test");
    spark =
        new JavaSparkContext(
            conf.set("spark.ui.enabled", "false").set("spark.driver.host", "127.0.0.1"));
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  @BeforeEach
  void directory() throws IOException {
    fs = FileSystem.getLocal(new Configuration());
    checkpoints = new Checkpoints(fs, new Path(temp.toUri()));
    state = new StateRdds(spark, fs.getConf());
    writer = new CheckpointWriter(checkpoints, state);
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Checkpoint written = write(100);

    float[] parameters = Checkpoint.open(fs, written.path()).readParameters().toArray();

    for (int i = 0; i < CHUNK * CHUNKS; i++) {
      assertThat(parameters[i]).isEqualTo(100 + i);
    }
    List<Tuple2<Integer, byte[]>> records = new ArrayList<>(state.outer(written).collect());
    records.sort(java.util.Comparator.comparing(Tuple2::_1));
    assertThat(records).hasSize(CHUNKS);
    assertThat(records.get(4)._2()).isEqualTo(record(100 + 16, -16));
  }

  @Test
  void asManyWorkersGetTheirOwnInnerStateAndAnyOtherNumberTheMean() {
    Checkpoint written = write(100); // by two workers

    assertThat(partitions(state.inner(written, 2)))
        .containsExactly(
            List.of(ByteBuffer.wrap(record(7, 0))), List.of(ByteBuffer.wrap(record(8, -4))));
    for (int workers : new int[] {1, 3, 7}) {
      assertThat(partitions(state.inner(written, workers)))
          .containsExactlyElementsOf(
              Collections.nCopies(workers, List.of(ByteBuffer.wrap(record(7.5f, -2)))));
    }
    float[] moments = written.readMoments().orElseThrow().toArray();
    assertThat(moments).startsWith(7.5f, 8.5f, 9.5f, 10.5f, 0f).hasSize(2 * CHUNK * CHUNKS);
    assertThat(moments[CHUNK * CHUNKS]).isEqualTo(-2);
  }

  @Test
  void theNewestCompleteOneIsFoundAndUnfinishedOnesAreSwept() throws IOException {
    write(100);
    write(2000);
    Files.createDirectories(temp.resolve("step-000003000"));
    Files.createDirectories(temp.resolve("step-000003000.tmp-1234"));
    Files.writeString(temp.resolve("metrics.jsonl"), "{}\n");

    assertThat(checkpoints.newestComplete()).get().extracting(Checkpoint::step).isEqualTo(2000);
    checkpoints.sweep();

    assertThat(names())
        .containsExactlyInAnyOrder("metrics.jsonl", "step-000000100", "step-000002000");
  }

  @Test
  void anEmptyOrMissingDirectoryHasNone() {
    assertThat(checkpoints.newestComplete()).isEmpty();
    assertThat(new Checkpoints(fs, new Path(temp.toUri() + "/no")).newestComplete()).isEmpty();
  }

  @Test
  void pruningKeepsTheLastAndTheRoundOnes() {
    for (int step : new int[] {100, 200, 300, 400, 500}) {
      write(step);
    }

    checkpoints.prune(2, 200);

    assertThat(names())
        .containsExactlyInAnyOrder("step-000000200", "step-000000400", "step-000000500");
  }

  @ParameterizedTest
  @ValueSource(strings = {"OUTER", "INNER"})
  void aFlippedBitIsFoundAndNamed(String kind) throws IOException {
    Checkpoint written = write(100);
    java.nio.file.Path file = file(written, kind);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 2] ^= 4;
    overwrite(file, bytes);

    assertThatThrownBy(() -> state.verify(written))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.getFileName().toString())
        .hasMessageContaining("CRC32C")
        .hasMessageContaining("delete " + written.path());
  }

  @Test
  void aFileClippedAnywhereIsFoundAndNamed() throws IOException {
    Checkpoint written = write(100);
    java.nio.file.Path file = file(written, "OUTER");
    byte[] bytes = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 17, bytes.length / 2, bytes.length - 1}) {
      overwrite(file, java.util.Arrays.copyOf(bytes, length));

      assertThatThrownBy(written::readParameters)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(length + " bytes instead of " + bytes.length);
    }
    Files.delete(file);
    assertThatThrownBy(() -> state.verify(written)).hasMessageContaining("missing");
  }

  @Test
  void aDamagedManifestAndAnotherFormatAreRefused() throws IOException {
    Checkpoint written = write(100);
    java.nio.file.Path manifest = temp.resolve("step-000000100/manifest.json");
    String json = Files.readString(manifest);

    overwrite(manifest, json.substring(0, json.length() / 2).getBytes());
    assertThatThrownBy(() -> Checkpoint.open(fs, written.path()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("not a manifest");
    overwrite(manifest, json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 9").getBytes());
    assertThatThrownBy(() -> Checkpoint.open(fs, written.path()))
        .hasMessageContaining("format 9, this build reads 1");
    assertThatThrownBy(() -> Checkpoint.open(fs, new Path(temp.toUri())))
        .hasMessageContaining("not a complete checkpoint");
  }

  /**
   * Whoever can write to the directory could have a reader open other files, or fill its memory.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"name\" : \"(outer[^\"]*)\" | \"name\" : \"../$1\" | '../outer",
        "\"name\" : \"(outer[^\"]*)\" | \"name\" : \"/etc/passwd\" | '/etc/passwd'",
        "\"name\" : \"(outer[^\"]*)\" | \"name\" : \"hdfs:x\" | 'hdfs:x'",
        "\"name\" : \"(outer[^\"]*)\" | \"name\" : \"outer\" | outer: missing",
        "\"bytes\" : \\d+ | \"bytes\" : -1 | -1 bytes",
        "\"bytes\" : \\d+ | \"bytes\" : 99999999999 | instead of 99999999999",
        "\"crc32c\" : \"[^\"]*\" | \"crc32c\" : null | is no CRC32C",
        "\"parameters\" : \\d+ | \"parameters\" : 7000000000 | of parameters instead of",
        "\"parameters\" : \\d+ | \"parameters\" : -5 | -5 parameters",
        "\"layers\" : \\d+ | \"layers\" : 2000000000 | not possible: 20 parameters",
        "\"context\" : \\d+ | \"context\" : 3 | 20 parameters, its model has 21",
        "\"chunkParameters\" : \\d+ | \"chunkParameters\" : 2000000000 | not possible: chunkPar",
        "\"step\" : \\d+ | \"step\" : -1 | not possible: step",
        "\"step\" : \\d+ | \"stop\" : 1 | Unrecognized field",
        "\"kind\" : \"OUTER\" | \"kind\" : null | kind null"
      })
  void aManifestThatCannotBeIsRefusedBeforeAnythingIsRead(String what, String by, String message)
      throws IOException {
    Checkpoint written = write(100);
    java.nio.file.Path manifest = temp.resolve("step-000000100/manifest.json");
    overwrite(manifest, Files.readString(manifest).replaceFirst(what, by).getBytes());

    assertThatThrownBy(() -> checkpoints.newestComplete())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("step-000000100")
        .hasMessageContaining(message)
        .hasMessageContaining("delete " + written.path());
  }

  @Test
  void aMissingOrClippedFileIsNamedBeforeTraining() throws IOException {
    Checkpoint written = write(100);
    java.nio.file.Path file = file(written, "INNER");
    overwrite(file, new byte[17]);

    assertThatThrownBy(() -> checkpoints.newestComplete())
        .hasMessageContaining(file.getFileName() + ": 17 bytes instead of ");
    Files.delete(file);
    assertThatThrownBy(() -> checkpoints.newestComplete())
        .hasMessageContaining(file.getFileName() + ": missing");
  }

  /** As a run that was swept away by another one would do it. */
  @Test
  void aDirectoryThatWasSweptIsNotMadeAgain() {
    Checkpoints swept =
        new Checkpoints(
            new org.apache.hadoop.fs.FilterFileSystem(fs) {
              @Override
              public boolean mkdirs(Path path) {
                return true;
              }
            },
            checkpoints.directory());

    assertThatThrownBy(
            () -> new CheckpointWriter(swept, state).publish(draft(100), outer(100), inner()))
        .hasRootCauseInstanceOf(java.io.FileNotFoundException.class);
    assertThat(names()).isEmpty();
  }

  @Test
  void aCheckpointIsNeverOverwritten() {
    write(100);

    assertThatThrownBy(() -> write(100))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("step-000000100");
  }

  @Test
  void unpublishedStateIsNotACheckpoint() {
    Checkpoint cut = writer.cutLineage(draft(7), outer(7), inner());

    assertThat(checkpoints.newestComplete()).isEmpty();
    assertThat(state.outer(cut).count()).isEqualTo(CHUNKS);
    writer.discard(cut);
    assertThat(names()).isEmpty();
  }

  private Checkpoint write(int step) {
    return writer.publish(draft(step), outer(step), inner());
  }

  private static JavaPairRDD<Integer, byte[]> outer(int step) {
    List<Tuple2<Integer, byte[]>> records = new ArrayList<>();
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      records.add(new Tuple2<>(chunk, record(step + chunk * CHUNK, -chunk * CHUNK)));
    }
    return spark.parallelizePairs(records, 2);
  }

  private static JavaPairRDD<Integer, byte[]> inner() {
    return spark.parallelizePairs(
        List.of(new Tuple2<>(0, record(7, 0)), new Tuple2<>(0, record(8, -4))), 2);
  }

  /** Two segments that count up from {@code first} and down from {@code second}. */
  private static byte[] record(float first, float second) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < CHUNK; i++) {
      bytes.putFloat(first + i);
    }
    for (int i = 0; i < CHUNK; i++) {
      bytes.putFloat(second - i);
    }
    return bytes.array();
  }

  /** The records of each partition. */
  private static List<List<ByteBuffer>> partitions(JavaPairRDD<Integer, byte[]> inner) {
    return inner.values().glom().collect().stream()
        .map(partition -> partition.stream().map(ByteBuffer::wrap).toList())
        .toList();
  }

  private static CheckpointManifest draft(int step) {
    return new CheckpointManifest(
        CheckpointManifest.FORMAT_VERSION,
        step,
        step * 8L,
        step * 64L,
        0,
        1,
        MODEL,
        new AdamWConfig(1e-3, 1e-4, 4, 0.9, 0.99, 1e-8, 0.1, 1.0),
        JsonNodeFactory.instance.objectNode().put("batchSize", 8),
        "digest",
        CHUNK * CHUNKS,
        CHUNK,
        List.of("parameters", "momentum"),
        List.of("m", "v"),
        List.of());
  }

  private static java.nio.file.Path file(Checkpoint checkpoint, String kind) {
    StoredFile file = checkpoint.manifest().files(StoredFile.Kind.valueOf(kind)).get(0);
    return java.nio.file.Path.of(checkpoint.path().toUri().getPath(), file.name());
  }

  /** Without Hadoop's own checksum file, which a remote file system does not have either. */
  private static void overwrite(java.nio.file.Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
  }

  private List<String> names() {
    String[] names = temp.toFile().list((directory, name) -> !name.endsWith(".crc"));
    return List.of(names);
  }
}
