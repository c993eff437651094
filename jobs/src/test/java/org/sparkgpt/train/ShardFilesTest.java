package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.tokenize.TokenFile;
import org.sparkgpt.tokenize.ZipfShard;

/** Training from shards on storage. */
class ShardFilesTest {
  private static final Queue<List<Integer>> EXPECTED = new ConcurrentLinkedQueue<>();

  private static JavaSparkContext spark;
  @TempDir java.nio.file.Path temp;

  @BeforeAll
  static void open() {
    spark = TinyRun.spark();
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  @Test
  void trainingFromFilesOverSeveralEpochsGivesTheBitsOfTrainingFromMemory() throws IOException {
    List<TokenFile> written = write(4);
    TokenSource files = source(written);
    int[][] shards = new int[written.size()][];
    for (int i = 0; i < shards.length; i++) {
      IntBuffer ids = files.shard(i);
      shards[i] = new int[ids.remaining()];
      ids.get(shards[i]);
    }
    TrainConfig config = TinyRun.config(Strategy.DILOCO, 2, 24, 3); // two epochs and a half

    float[] fromFiles = train(config, files, written, "files", RoundListener.NONE);

    TokenSource memory = new TinyRun.InMemory(shards);
    assertThat(fromFiles).isEqualTo(train(config, memory, written, "memory", RoundListener.NONE));
  }

  @Test
  void aRunResumedWithinAnEpochAndInTheNextOneSeesTheSamplesOfAnUninterruptedOne()
      throws IOException {
    List<TokenFile> written = write(4);
    TokenSource files = source(written);
    TrainConfig config =
        TinyRun.withCheckpoints(TinyRun.config(Strategy.DILOCO, 2, 16, 2), 4, 3, null);

    for (int step : new int[] {6, 14}) { // goes on from 4 and 12; an epoch has 9.6 steps
      assertThatThrownBy(() -> train(config, files, written, "resumed", failAt(step)))
          .hasMessage("interrupted at " + step);
    }
    float[] resumed = train(config, files, written, "resumed", RoundListener.NONE);

    assertThat(resumed).isEqualTo(train(config, files, written, "straight", RoundListener.NONE));
  }

  @Test
  void everyWorkerSaysWhichShardsItsRoundNeedsAndWhichComesNext() {
    TrainConfig config = TinyRun.config(Strategy.DILOCO, 2, 12, 6);
    EXPECTED.clear();

    train(config, new Recording(TinyRun.DATA.shards()), null, "recorded", RoundListener.NONE);

    DataOrder order = new DataOrder(TinyRun.SEED, TinyRun.DATA.tokens(), TinyRun.MODEL.context());
    List<Integer> first = order.shards(0, 6 * 8);
    List<Integer> second = order.shards(6 * 8, 6 * 8);
    assertThat(EXPECTED).containsExactly(first, first, second, second);
    assertThat(first.size()).isGreaterThan(1);
  }

  @Test
  void aDamagedShardEndsTheRunWithItsNameAndBothChecksums() throws IOException {
    List<TokenFile> written = write(1);
    java.nio.file.Path shard = temp.resolve(written.get(0).path());
    java.nio.file.Files.deleteIfExists(shard.resolveSibling("." + shard.getFileName() + ".crc"));
    try (RandomAccessFile file = new RandomAccessFile(shard.toFile(), "rw")) {
      file.seek(file.length() / 2);
      int b = file.read();
      file.seek(file.length() / 2);
      file.write(b ^ 1);
    }
    TrainConfig config = TinyRun.config(Strategy.AVERAGE, 1, 2, 2);

    assertThatThrownBy(() -> train(config, source(written), written, "damaged", RoundListener.NONE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageMatching(
            "token shard .*%s: CRC32C [0-9a-f]{8}, the manifest says %s; run tokenize again"
                .formatted(written.get(0).path(), written.get(0).crc32c()));
  }

  @Test
  void localDirectoriesAreSparksOwn() {
    SparkConf conf = new SparkConf(false).set("spark.local.dir", "/c,/d");
    Map<String, String> standalone =
        Map.of("SPARK_EXECUTOR_DIRS", "/e:/f", "SPARK_LOCAL_DIRS", "/a");
    Map<String, String> yarn = Map.of("CONTAINER_ID", "1", "LOCAL_DIRS", "/y,/z");

    assertThat(roots(Map.of(), conf)).containsExactly("/c", "/d");
    assertThat(roots(Map.of("SPARK_LOCAL_DIRS", "/a,/b"), conf)).containsExactly("/a", "/b");
    assertThat(roots(standalone, conf)).containsExactly("/e", "/f");
    assertThat(roots(yarn, conf)).containsExactly("/y", "/z");
    assertThat(roots(Map.of(), new SparkConf(false)))
        .containsExactly(System.getProperty("java.io.tmpdir"));
  }

  private static List<String> roots(Map<String, String> environment, SparkConf conf) {
    return LocalDirectories.roots(environment, conf).stream().map(Object::toString).toList();
  }

  /** Shards of different lengths; four have 77 samples together. */
  private List<TokenFile> write(int shards) throws IOException {
    List<TokenFile> files = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      Path directory = new Path(temp.resolve("shard" + i).toUri());
      TokenFile file = ZipfShard.write(spark.hadoopConfiguration(), directory, 150 + 11 * i, 13, i);
      String path = "shard" + i + "/" + file.path();
      files.add(new TokenFile(path, file.rows(), file.tokens(), 1, 1, file.crc32c(), file.bytes()));
    }
    return files;
  }

  private TokenSource source(List<TokenFile> files) {
    return new ShardFiles(
        new Path(temp.toUri()),
        files,
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration())));
  }

  private float[] train(
      TrainConfig config,
      TokenSource source,
      List<TokenFile> files,
      String name,
      RoundListener listener) {
    long[] tokens =
        files == null
            ? TinyRun.DATA.tokens()
            : files.stream().mapToLong(TokenFile::tokens).toArray();
    TrainingData data =
        new TrainingData(tokens, source, 13, Arrays.stream(tokens).sum(), "shard files");
    Path directory = new Path(temp.resolve("run-" + name).toUri());
    TrainReport report = TinyRun.train(spark, config, data, directory, listener);
    return TinyRun.parameters(report);
  }

  private static RoundListener failAt(int step) {
    return new RoundListener() {
      @Override
      public void roundEnded(RoundReport round) {
        if (round.step() == step) {
          throw new IllegalStateException("interrupted at " + step);
        }
      }
    };
  }

  /** Notes what tasks expect. */
  private record Recording(TokenSource source) implements TokenSource {
    @Override
    public IntBuffer shard(int index) {
      return source.shard(index);
    }

    @Override
    public void expect(List<Integer> shards) {
      EXPECTED.add(shards);
    }
  }
}
