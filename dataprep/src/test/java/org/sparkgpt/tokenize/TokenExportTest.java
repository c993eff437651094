package org.sparkgpt.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The files are read back by what their definitions say, not with the classes that wrote them. */
class TokenExportTest {
  private static final int ROW_TOKENS = 64;

  @TempDir private Path temp;
  private final Configuration configuration = new Configuration();
  private FileSystem files;
  private Path tokens;
  private Path out;

  @BeforeEach
  void open() throws Exception {
    files = FileSystem.getLocal(configuration);
    tokens = temp.resolve("tokens");
    out = temp.resolve("out");
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  /** Documents of random ids, the last of which is end-of-text. */
  private static List<int[]> documents(long seed, int count, int vocabulary) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, count)
        .mapToObj(
            d -> {
              int[] ids = random.ints(1 + random.nextInt(200), 0, vocabulary - 1).toArray();
              ids[0] = vocabulary - 2; // the largest id but one
              ids[ids.length - 1] = vocabulary - 1;
              return ids;
            })
        .toList();
  }

  private TokenFile shard(String path, List<int[]> documents) throws Exception {
    ShardWriter writer = new ShardWriter(configuration, hadoop(tokens), path, Map.of(), ROW_TOKENS);
    for (int[] document : documents) {
      writer.add(IntBuffer.wrap(document), document.length);
    }
    return writer.finish();
  }

  /** Two shards to train on, one to validate. */
  private List<List<int[]>> shards(int vocabulary, boolean hasEnd) throws Exception {
    List<int[]> first = documents(1, 40, vocabulary);
    List<int[]> second = documents(2, 1, vocabulary);
    List<int[]> val = documents(3, 7, vocabulary);
    TokenSplit train =
        new TokenSplit(List.of(shard("train/a.parquet", first), shard("train/b.parquet", second)));
    manifest(vocabulary, hasEnd ? vocabulary - 1 : null, train, val(val));
    return List.of(first, second, val);
  }

  private TokenSplit val(List<int[]> documents) throws Exception {
    return new TokenSplit(List.of(shard("val/a.parquet", documents)));
  }

  private void manifest(int vocabulary, Integer end, TokenSplit train, TokenSplit val)
      throws Exception {
    new TokenManifest(
            TokenManifest.FORMAT_VERSION,
            "digest",
            vocabulary,
            end,
            1,
            Map.of(TokenManifest.TRAIN, train, TokenManifest.VAL, val))
        .write(files, hadoop(tokens));
  }

  private TokenExport export(TokenFormat format) {
    return TokenExport.write(configuration, hadoop(tokens), format, "demo", hadoop(out));
  }

  private static int[] join(List<int[]> documents) {
    return documents.stream().flatMapToInt(Arrays::stream).toArray();
  }

  private static int[] trained(List<List<int[]>> shards) {
    return join(Stream.concat(shards.get(0).stream(), shards.get(1).stream()).toList());
  }

  private ByteBuffer read(String name) throws Exception {
    return ByteBuffer.wrap(Files.readAllBytes(out.resolve(name))).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int[] shorts(ByteBuffer bytes) {
    int[] ids = new int[bytes.remaining() / 2];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Short.toUnsignedInt(bytes.getShort());
    }
    assertThat(bytes.hasRemaining()).isFalse();
    return ids;
  }

  private List<String> listed(Path directory) throws Exception {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }

  @Test
  void nanoGptReadsBareIds() throws Exception {
    List<List<int[]>> shards = shards(65_536, true); // ids that are negative as shorts
    TokenExport export = export(TokenFormat.NANOGPT);
    assertThat(shorts(read("train.bin"))).isEqualTo(trained(shards)).contains(65_535);
    assertThat(shorts(read("val.bin"))).isEqualTo(join(shards.get(2)));
    assertThat(export.files())
        .extracting(ExportedFile::tokens)
        .containsExactly((long) trained(shards).length, (long) join(shards.get(2)).length);
    assertThat(listed(out)).containsExactly("export.json", "train.bin", "val.bin");
  }

  @Test
  void llmcReadsAHeaderThenIds() throws Exception {
    List<List<int[]>> shards = shards(50_257, true);
    export(TokenFormat.LLMC);
    int[] train = trained(shards);
    assertThat(llmc("demo_train_000001.bin")).isEqualTo(train);
    assertThat(llmc("demo_val_000000.bin")).isEqualTo(join(shards.get(2)));
    assertThat(listed(out))
        .containsExactly("demo_train_000001.bin", "demo_val_000000.bin", "export.json");
  }

  private int[] llmc(String name) throws Exception {
    ByteBuffer bytes = read(name);
    int[] header = IntStream.range(0, 256).map(i -> bytes.getInt()).toArray();
    int[] expected = new int[256];
    expected[0] = 20240520;
    expected[1] = 1;
    expected[2] = bytes.remaining() / 2;
    assertThat(header).isEqualTo(expected);
    return shorts(bytes);
  }

  @Test
  void llmcFilesEndWhereTheyAreFull() throws Exception {
    Files.createDirectories(out);
    int[] ids = IntStream.range(0, 25).toArray();
    List<ExportedFile> written;
    try (SplitWriter writer = PlainWriter.llmc(files, hadoop(out), "d", "train", 25, 10)) {
      writer.add(IntBuffer.wrap(ids, 0, 3));
      writer.add(IntBuffer.wrap(ids, 3, 22));
      written = writer.finish();
    }
    assertThat(written).extracting(ExportedFile::tokens).containsExactly(10L, 10L, 5L);
    assertThat(llmc("d_train_000001.bin")).isEqualTo(Arrays.copyOfRange(ids, 0, 10));
    assertThat(llmc("d_train_000002.bin")).isEqualTo(Arrays.copyOfRange(ids, 10, 20));
    assertThat(llmc("d_train_000003.bin")).isEqualTo(Arrays.copyOfRange(ids, 20, 25));
  }

  @Test
  void megatronFindsEveryDocument() throws Exception {
    for (int vocabulary : new int[] {65_499, 65_500, 100_000}) {
      List<List<int[]>> shards = shards(vocabulary, true);
      out = temp.resolve("out" + vocabulary);
      export(TokenFormat.MEGATRON);
      List<int[]> train = new ArrayList<>(shards.get(0));
      train.addAll(shards.get(1));
      assertThat(megatron("demo_train", vocabulary < 65_500))
          .isDeepEqualTo(train.toArray(new int[0][]));
      assertThat(megatron("demo_val", vocabulary < 65_500))
          .isDeepEqualTo(shards.get(2).toArray(new int[0][]));
    }
    assertThat(listed(out))
        .containsExactly(
            "demo_train.bin", "demo_train.idx", "demo_val.bin", "demo_val.idx", "export.json");
  }

  @Test
  void withoutEndOfTextMegatronsDocumentsAreShards() throws Exception {
    List<List<int[]>> shards = shards(65, false);
    export(TokenFormat.MEGATRON);
    assertThat(megatron("demo_train", true))
        .isDeepEqualTo(new int[][] {join(shards.get(0)), join(shards.get(1))});
  }

  /** The documents, by their indexes. */
  private int[][] megatron(String name, boolean isShort) throws Exception {
    ByteBuffer index = read(name + ".idx");
    byte[] magic = new byte[9];
    index.get(magic);
    assertThat(magic).isEqualTo(new byte[] {'M', 'M', 'I', 'D', 'I', 'D', 'X', 0, 0});
    assertThat(index.getLong()).as("version").isEqualTo(1);
    assertThat(index.get()).as("type").isEqualTo((byte) (isShort ? 8 : 4));
    int sequences = (int) index.getLong();
    int indices = (int) index.getLong();
    assertThat(indices).isEqualTo(sequences + 1);
    int[] lengths = IntStream.range(0, sequences).map(i -> index.getInt()).toArray();
    long[] pointers = IntStream.range(0, sequences).mapToLong(i -> index.getLong()).toArray();
    for (int d = 0; d < indices; d++) {
      assertThat(index.getLong()).isEqualTo(d);
    }
    assertThat(index.hasRemaining()).isFalse();
    ByteBuffer ids = read(name + ".bin");
    int[][] documents = new int[sequences][];
    for (int d = 0; d < sequences; d++) {
      ids.position((int) pointers[d]);
      documents[d] =
          IntStream.range(0, lengths[d])
              .map(i -> isShort ? Short.toUnsignedInt(ids.getShort()) : ids.getInt())
              .toArray();
    }
    assertThat(ids.hasRemaining()).isFalse();
    return documents;
  }

  @ParameterizedTest
  @EnumSource(
      value = TokenFormat.class,
      names = {"NANOGPT", "LLMC"})
  void idsOfMoreThanTwoBytesAreRefused(TokenFormat format) throws Exception {
    shards(65_537, true);
    assertThatThrownBy(() -> export(format))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has two bytes for an id, but the vocabulary has 65537 ids");
    assertThat(out).doesNotExist();
  }

  @Test
  void whatIsThereStaysUnlessItIsAnExportAndMayGo() throws Exception {
    shards(300, true);
    TokenExport.requireReplaceable(files, hadoop(out), false);
    Files.createDirectories(out);
    TokenExport.requireReplaceable(files, hadoop(out), false); // empty: nothing to lose
    export(TokenFormat.NANOGPT);
    assertThatThrownBy(() -> TokenExport.requireReplaceable(files, hadoop(out), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds an export; add --overwrite to replace it");
    TokenExport.requireReplaceable(files, hadoop(out), true);

    Path mine = Files.createDirectories(temp.resolve("mine"));
    Files.writeString(mine.resolve("thesis.txt"), "mine");
    for (boolean overwrite : new boolean[] {false, true}) {
      assertThatThrownBy(() -> TokenExport.requireReplaceable(files, hadoop(mine), overwrite))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("exists and is no export of tokens; choose another --out");
    }
  }

  @Test
  void aDamagedShardIsNamedAndNothingLooksFinished() throws Exception {
    shards(300, true);
    Path shard = tokens.resolve("train/b.parquet");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.delete(tokens.resolve("train/.b.parquet.crc")); // Hadoop's own check would come first
    Files.write(shard, bytes);
    assertThatThrownBy(() -> export(TokenFormat.MEGATRON))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("b.parquet: CRC32C")
        .hasMessageContaining("run tokenize again");
    assertThat(listed(out)).doesNotContain("export.json");
  }

  @Test
  void countsAreHeldAgainstTheManifest() throws Exception {
    List<int[]> documents = documents(1, 5, 300);
    TokenSplit val = val(documents(3, 7, 300));
    TokenFile real = shard("train/a.parquet", documents);
    TokenFile more =
        new TokenFile(real.path(), real.rows(), real.tokens(), 6, 0, real.crc32c(), real.bytes());
    manifest(300, 299, new TokenSplit(List.of(more)), val);
    assertThatThrownBy(() -> export(TokenFormat.NANOGPT))
        .hasMessageContaining("train: documents: found 5, expected 6");

    manifest(200, 199, new TokenSplit(List.of(real)), val);
    assertThatThrownBy(() -> export(TokenFormat.NANOGPT))
        .hasMessageContaining("train/a.parquet: id 298 is not in the vocabulary of 200");
  }

  @Test
  void unfinishedShardsSayWhatToRun() {
    assertThatThrownBy(() -> export(TokenFormat.NANOGPT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("_manifest.json does not exist: run tokenize first");
  }
}
