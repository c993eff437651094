package org.sparkgpt.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.tokenize.TokenCache.Shard;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TokenCacheTest {
  private static final int TOKENS = 10_000;
  private static final int SHARDS = 4;

  @TempDir private static Path corpus;
  private static final List<Shard> SHARD = new ArrayList<>();
  private static CountingFileSystem shards;

  @TempDir private Path local;
  private final List<TokenCache> caches = new ArrayList<>();

  @BeforeAll
  static void writeShards() throws IOException {
    Configuration configuration = new Configuration();
    shards = new CountingFileSystem(FileSystem.getLocal(configuration));
    for (int i = 0; i < SHARDS; i++) {
      var directory = new org.apache.hadoop.fs.Path(corpus.resolve("c" + i).toUri());
      TokenFile file = ZipfShard.write(configuration, directory, TOKENS + i, 1000, i);
      SHARD.add(new Shard(shards, directory, file));
    }
  }

  @AfterEach
  void close() {
    caches.forEach(TokenCache::close);
    shards.opened.clear();
    shards.gate = null;
  }

  private TokenCache cache(Path... directories) {
    TokenCache cache = new TokenCache(List.of(directories));
    caches.add(cache);
    return cache;
  }

  private Path disk() {
    return local.resolve("disk");
  }

  /** The number of decoded shards on the disk, half ones included. */
  private long onDisk() throws IOException {
    try (Stream<Path> files = Files.list(disk())) {
      return files.count();
    }
  }

  private long decoded() throws IOException {
    if (!Files.exists(disk())) {
      return 0;
    }
    try (Stream<Path> files = Files.list(disk())) {
      return files.filter(file -> file.toString().endsWith(".int32")).count();
    }
  }

  private static int opened(int shard) {
    return shards.opened.getOrDefault(SHARD.get(shard).directory().toUri().getPath(), 0);
  }

  private static int[] ids(IntBuffer buffer) {
    int[] ids = new int[buffer.remaining()];
    buffer.get(ids);
    return ids;
  }

  @Test
  void manyTasksThatWantAShardWaitForOneDecoding() throws Exception {
    TokenCache cache = cache(disk());
    ExecutorService tasks = Executors.newFixedThreadPool(8);
    try {
      List<Callable<int[]>> readers = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        int holder = i;
        readers.add(() -> ids(cache.open(SHARD.get(holder % 2), holder)));
      }
      List<Future<int[]>> read = tasks.invokeAll(readers);
      for (int i = 2; i < 64; i++) {
        assertThat(read.get(i).get()).isEqualTo(read.get(i % 2).get());
      }
      assertThat(read.get(0).get()).hasSize(TOKENS);
      assertThat(read.get(1).get()).hasSize(TOKENS + 1);
    } finally {
      tasks.shutdownNow();
    }
    assertThat(opened(0)).isEqualTo(1);
    assertThat(opened(1)).isEqualTo(1);
    assertThat(onDisk()).isEqualTo(2);
  }

  @Test
  void expectedShardsComeInWithoutBeingAskedFor() throws IOException {
    TokenCache cache = cache(disk());
    cache.expect(SHARD.subList(0, 3), "task");
    await(() -> decoded() == 3);
    assertThat(List.of(opened(0), opened(1), opened(2), opened(3))).containsExactly(1, 1, 1, 0);
  }

  @Test
  void whatIsNeitherHeldNorExpectedGoes() throws IOException {
    TokenCache cache = cache(disk());
    cache.expect(List.of(SHARD.get(0), SHARD.get(1)), "first");
    IntBuffer held = cache.open(SHARD.get(0), "first");
    cache.open(SHARD.get(1), "first");
    int[] before = ids(held.duplicate());

    cache.expect(List.of(SHARD.get(1), SHARD.get(2)), "second");
    await(() -> decoded() == 3);
    assertThat(ids(held)).as("still held").isEqualTo(before);

    cache.release("first");
    cache.expect(List.of(SHARD.get(1), SHARD.get(2)), "second");
    assertThat(onDisk()).as("the first shard is gone").isEqualTo(2);
    assertThat(ids(cache.open(SHARD.get(1), "second"))).hasSize(TOKENS + 1);
    assertThat(opened(1)).as("kept for the second").isEqualTo(1);

    assertThat(ids(cache.open(SHARD.get(0), "second"))).as("decoded anew").isEqualTo(before);
    assertThat(opened(0)).isEqualTo(2);
  }

  @Test
  void whatIsExpectedOutlivesTheTask() throws IOException {
    TokenCache cache = cache(disk());
    cache.expect(List.of(SHARD.get(0), SHARD.get(1)), "first");
    cache.open(SHARD.get(0), "first");
    cache.open(SHARD.get(1), "first");
    cache.release("first");
    cache.expect(List.of(SHARD.get(1)), "second");
    assertThat(onDisk()).isEqualTo(1);
    cache.open(SHARD.get(1), "second");
    assertThat(opened(1)).isEqualTo(1);
  }

  @Test
  void aTaskNeedNotWaitForThoseDecodedAheadOfIt() throws Exception {
    TokenCache cache = cache(disk());
    shards.gate = new Phaser(1); // shard 0 cannot be read until this arrives
    shards.gated = SHARD.get(0).directory().toUri().getPath();
    cache.expect(List.of(SHARD.get(0), SHARD.get(1)), "task");

    assertThat(ids(cache.open(SHARD.get(1), "task"))).hasSize(TOKENS + 1);

    shards.gate.arrive();
    assertThat(ids(cache.open(SHARD.get(0), "task"))).hasSize(TOKENS);
    assertThat(opened(0)).isEqualTo(1);
  }

  @Test
  void aShardThatFailedIsTriedAgain() throws IOException {
    TokenCache cache = cache(disk());
    Path shard = Path.of(SHARD.get(3).directory().toUri()).resolve(SHARD.get(3).file().path());
    Path away = shard.resolveSibling("away");
    Files.move(shard, away);
    try {
      cache.expect(List.of(SHARD.get(3)), "task");
      assertThatThrownBy(() -> cache.open(SHARD.get(3), "task"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageStartingWith("token shard ")
          .hasMessageContaining("does not exist");
    } finally {
      Files.move(away, shard);
    }
    assertThat(ids(cache.open(SHARD.get(3), "task"))).hasSize(TOKENS + 3);
  }

  @Test
  void aDiskThatTakesNothingIsPassedOver() throws IOException {
    Path file = Files.writeString(local.resolve("file"), "no directory");
    assertThat(ids(cache(file.resolve("a"), disk()).open(SHARD.get(0), "task"))).hasSize(TOKENS);
    assertThat(onDisk()).isEqualTo(1);
  }

  @Test
  void withoutRoomOnAnyDiskAShardStaysOnTheHeap() throws IOException {
    Path file = Files.writeString(local.resolve("file"), "no directory");
    int[] onHeap = ids(cache(file.resolve("a")).open(SHARD.get(0), "task"));
    assertThat(onHeap).isEqualTo(ids(cache(disk()).open(SHARD.get(0), "task")));
  }

  /** Its tokens would take all of the heap and more: they are only counted, never read. */
  @Test
  void withoutRoomAnywhereTheErrorNamesTheDirectoryTheBytesAndTheSetting() throws IOException {
    Path file = Files.writeString(local.resolve("file"), "no directory");
    TokenFile small = SHARD.get(0).file();
    long tokens = Runtime.getRuntime().maxMemory() / Integer.BYTES;
    TokenFile huge = new TokenFile(small.path(), 1, tokens, 1, 1, small.crc32c(), 1000);
    Shard shard = new Shard(shards, SHARD.get(0).directory(), huge);

    assertThatThrownBy(() -> cache(file.resolve("a")).open(shard, "task"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("no room for token shard " + small.path())
        .hasMessageContaining(
            String.format(java.util.Locale.ROOT, "%,d bytes are needed", 4 * tokens + 1000))
        .hasMessageContaining(" in " + file.resolve("a"))
        .hasMessageContaining("are free on the heap")
        .hasMessageContaining("spark.local.dir");
  }

  @Test
  void aDiskThatFillsUpMakesRoomByWhatIsNotHeld() throws IOException {
    TokenCache cache = cache(disk());
    cache.expect(List.of(SHARD.get(0), SHARD.get(1)), "first");
    cache.open(SHARD.get(0), "first");
    cache.open(SHARD.get(1), "first");
    cache.release("first");
    Files.move(disk(), local.resolve("moved"));
    Files.writeString(disk(), "no directory any more"); // from here on nothing can be written

    assertThat(ids(cache.open(SHARD.get(2), "second"))).hasSize(TOKENS + 2);

    Files.delete(disk());
    assertThat(ids(cache.open(SHARD.get(0), "second"))).hasSize(TOKENS);
    assertThat(opened(0)).as("given up for the third, then decoded anew").isEqualTo(2);
    assertThat(onDisk()).isEqualTo(1);
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** Counts how often a shard was read from its storage, and can make a reader wait. */
  private static final class CountingFileSystem extends FilterFileSystem {
    private final Map<String, Integer> opened = new ConcurrentHashMap<>();
    private volatile Phaser gate;
    private volatile String gated;

    CountingFileSystem(FileSystem local) {
      super(local);
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize)
        throws IOException {
      String directory = path.getParent().getParent().toUri().getPath();
      opened.merge(directory, 1, Integer::sum);
      Phaser closed = gate;
      if (closed != null && directory.equals(gated)) {
        closed.awaitAdvance(0);
      }
      return super.open(path, bufferSize);
    }
  }
}
