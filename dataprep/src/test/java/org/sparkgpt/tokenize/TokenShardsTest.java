package org.sparkgpt.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.tokenize.TokenizeConfig.Split;

class TokenShardsTest {
  private static final TokenizeConfig BY_DOCUMENT =
      new TokenizeConfig(Split.DOCUMENT, 0.1, 5_000, 128);
  private static final BytePairTokenizer BYTES = new BytePairTokenizer(new int[0]);

  private static SparkSession spark;
  private static FileSystem files;

  @TempDir private static java.nio.file.Path corpus;
  private static final List<String> TEXTS = texts(250);
  private static Path written;
  private static TokenManifest manifest;

  @TempDir private java.nio.file.Path local;

  @BeforeAll
  static void start() throws IOException {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.sql.shuffle.partitions", 4)
            .config("spark.ui.enabled", false)
            .getOrCreate();
    files = FileSystem.getLocal(new Configuration());
    written = new Path(corpus.toUri());
    manifest = TokenShards.write(documents(TEXTS), BYTES, BY_DOCUMENT, 42, written);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Dataset<Row> documents(List<String> texts) {
    List<Row> rows = new ArrayList<>();
    texts.forEach(text -> rows.add(Document.of(text, "test", null).toRow()));
    return spark.createDataFrame(rows, Document.SCHEMA);
  }

  private static List<String> texts(int count) {
    SplittableRandom random = new SplittableRandom(8);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(i + " " + Texts.random(random, 60));
    }
    return texts;
  }

  private Path dir(String name) {
    return new Path(local.resolve(name).toUri());
  }

  private int[] read(Path dir, TokenSplit split) {
    try (TokenCache cache = new TokenCache(List.of(local.resolve("cache")))) {
      return split.files().stream()
          .flatMapToInt(
              file -> {
                IntBuffer ids = cache.open(new TokenCache.Shard(files, dir, file), this);
                int[] array = new int[ids.remaining()];
                ids.get(array);
                return Arrays.stream(array);
              })
          .toArray();
    }
  }

  private Map<String, String> contents(String name) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<java.nio.file.Path> paths = Files.walk(local.resolve(name))) {
      for (java.nio.file.Path path : paths.filter(Files::isRegularFile).toList()) {
        String digest = Digests.sha256("", Files.readAllBytes(path));
        contents.put(local.resolve(name).relativize(path).toString(), digest);
      }
    }
    return contents;
  }

  @Test
  void theFilesAreTheSameBytesForOneSevenAndSixtyFourPartitions() throws IOException {
    Dataset<Row> documents = documents(TEXTS);
    for (int partitions : new int[] {1, 7, 64}) {
      TokenShards.write(
          documents.repartition(partitions), BYTES, BY_DOCUMENT, 42, dir("p" + partitions));
    }
    assertThat(contents("p1")).hasSizeGreaterThan(6).isEqualTo(contents("p7"));
    assertThat(contents("p64")).isEqualTo(contents("p1"));
    assertThat(contents("p1").keySet())
        .contains("_manifest.json")
        .noneMatch(f -> f.contains("_tmp"));
  }

  @Test
  void everyDocumentIsInOneSplitOnceAndTheManifestCountsThem() {
    assertThat(TokenManifest.read(files, written)).isEqualTo(manifest);
    assertThat(manifest.endOfText()).isEqualTo(256);
    assertThat(manifest.tokenizerDigest()).isEqualTo(BYTES.digest());

    List<String> found = new ArrayList<>();
    for (TokenSplit split : List.of(manifest.train(), manifest.val())) {
      int[] ids = read(written, split);
      assertThat(split.tokens()).isEqualTo(ids.length);
      assertThat(split.documents()).isEqualTo(Arrays.stream(ids).filter(id -> id == 256).count());
      assertThat(split.textBytes()).isEqualTo(split.tokens() - split.documents());
      assertThat(ids[ids.length - 1]).isEqualTo(256);
      found.addAll(List.of(BYTES.decode(ids).split("<\\|endoftext\\|>(?=\\d+ |$)")));
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(TEXTS);
    assertThat(manifest.val().documents()).isBetween(11L, 39L); // 25, 3 sigma
    assertThat(manifest.train().files()).hasSizeGreaterThan(3);
  }

  @Test
  void theSeedOrdersTheDocumentsButDoesNotMoveThemBetweenSplits() {
    TokenManifest other = TokenShards.write(documents(TEXTS), BYTES, BY_DOCUMENT, 2, dir("two"));
    assertThat(other.val().textBytes()).isEqualTo(manifest.val().textBytes());
    int[] first = read(written, manifest.train());
    int[] second = read(dir("two"), other.train());
    assertThat(first).isNotEqualTo(second);
    Arrays.sort(first);
    Arrays.sort(second);
    assertThat(first).isEqualTo(second);
  }

  @Test
  void whichIdsAreHeldOutIsFixedForEver() {
    assertThat(Stream.of("a", "b", "c", "d", "e", "f", "g", "h"))
        .filteredOn(id -> EncodeDocuments.isHeldOut(id, 0.4))
        .containsExactly("c", "d", "f", "g");
    long heldOut =
        Stream.iterate(0, i -> i + 1)
            .limit(10_000)
            .filter(i -> EncodeDocuments.isHeldOut(Document.idOf("text " + i), 0.1))
            .count();
    assertThat(heldOut).isBetween(880L, 1120L); // 1000, 4 sigma
  }

  @Test
  void tailHoldsOutTheLastCharactersAsNanoGptDoes() {
    String alphabet = "\nabcdefgh😀";
    StringBuilder text = new StringBuilder();
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 1_115_394; i++) { // tiny Shakespeare's length
      text.appendCodePoint(
          alphabet.codePointAt(alphabet.offsetByCodePoints(0, random.nextInt(10))));
    }
    Tokenizer tokenizer = new CharTokenizer(alphabet.codePoints().sorted().toArray());
    TokenizeConfig config = new TokenizeConfig(Split.TAIL, 0.1, 10_000_000, 4096);
    TokenManifest manifest =
        TokenShards.write(documents(List.of(text.toString())), tokenizer, config, 1, dir("tail"));
    assertThat(manifest.train().tokens()).isEqualTo(1_003_854);
    assertThat(manifest.val().tokens()).isEqualTo(111_540);
    assertThat(manifest.endOfText()).isNull();
    int[] both =
        Stream.of(manifest.train(), manifest.val())
            .flatMapToInt(split -> Arrays.stream(read(dir("tail"), split)))
            .toArray();
    assertThat(tokenizer.decode(both)).isEqualTo(text.toString());
  }

  @Test
  void tailOfManyDocumentsCutsOneInOrderOfIds() {
    List<String> texts = texts(50);
    long all = texts.stream().mapToLong(text -> text.codePointCount(0, text.length())).sum();
    StringBuilder inOrder = new StringBuilder();
    texts.stream()
        .map(text -> Document.of(text, "test", null))
        .sorted(java.util.Comparator.comparing(Document::id))
        .forEach(document -> inOrder.append(document.text()));
    String tail = inOrder.substring(inOrder.offsetByCodePoints(0, (int) (long) (all * 0.75)));

    TokenizeConfig config = new TokenizeConfig(Split.TAIL, 0.25, 1_000, 64);
    TokenManifest manifest =
        TokenShards.write(documents(texts).repartition(7), BYTES, config, 1, dir("tail"));
    assertThat(manifest.train().documents() + manifest.val().documents()).isEqualTo(51);
    byte[] expected = tail.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(manifest.val().textBytes()).isEqualTo(expected.length);
  }

  @Test
  void tailRefusesToCutADocumentThatIsThereTwice() {
    TokenizeConfig config = new TokenizeConfig(Split.TAIL, 0.5, 1_000, 64);
    Dataset<Row> twice = documents(List.of("same text", "same text"));
    assertThatThrownBy(() -> TokenShards.write(twice, BYTES, config, 1, dir("out")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("which the corpus has twice: run dedup before");
  }

  @Test
  void sparkReadsAShardAsAnArrayOfIntegers() {
    TokenFile file = manifest.train().files().get(0);
    Dataset<Row> shard = spark.read().parquet(new Path(written, file.path()).toString());
    assertThat(shard.schema().simpleString()).isEqualTo("struct<input_ids:array<int>>");
    List<Row> rows = shard.collectAsList();
    assertThat(rows).hasSize((int) file.rows());
    List<Integer> ids = new ArrayList<>();
    for (Row row : rows) {
      List<Integer> some = row.getList(0);
      boolean isLast = row == rows.get(rows.size() - 1);
      assertThat(some).hasSizeBetween(isLast ? 1 : 128, 128);
      ids.addAll(some);
    }
    int[] decoded = read(written, new TokenSplit(List.of(file)));
    assertThat(ids.stream().mapToInt(Integer::intValue).toArray()).isEqualTo(decoded);
  }

  @Test
  void manyPagesAndLongRowsDecodeToo() {
    String text = "0123456789".repeat(120_000);
    TokenizeConfig config = new TokenizeConfig(Split.TAIL, 0.1, 100_000_000, 500_000);
    TokenManifest manifest =
        TokenShards.write(documents(List.of(text)), BYTES, config, 1, dir("out"));
    assertThat(manifest.train().files().get(0).rows()).isEqualTo(3);
    int[] ids = read(dir("out"), manifest.train());
    assertThat(BYTES.decode(ids)).isEqualTo(text.substring(0, 1_080_000) + "<|endoftext|>");
  }

  @Test
  void aDamagedClippedOrMissingShardIsNamed() throws IOException {
    Path dir = dir("out");
    TokenFile file = manifest.val().files().get(0);
    byte[] bytes = Files.readAllBytes(corpus.resolve(file.path()));
    java.nio.file.Path shard = local.resolve("out").resolve(file.path());
    Files.createDirectories(shard.getParent());

    refuses(dir, file, "does not exist");
    Files.write(shard, Arrays.copyOf(bytes, bytes.length - 1));
    refuses(dir, file, (bytes.length - 1) + " bytes, the manifest says " + bytes.length);
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);
    refuses(dir, file, "the manifest says " + file.crc32c());
  }

  private void refuses(Path dir, TokenFile file, String because) {
    java.nio.file.Path cached = local.resolve("refused");
    TokenCache cache = new TokenCache(List.of(cached));
    assertThatThrownBy(() -> cache.open(new TokenCache.Shard(files, dir, file), this))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("token shard ")
        .hasMessageContaining(file.path())
        .hasMessageContaining(because)
        .hasMessageEndingWith("; run tokenize again");
    assertThat(cached).isEmptyDirectory();
  }

  @Test
  void anEarlierRunsShardsGo() throws IOException {
    Files.createDirectories(local.resolve("out").resolve("train"));
    for (String stale :
        List.of("train/part-00007-of-00099.parquet", "train/_tmp-1", "_manifest.json")) {
      Files.writeString(local.resolve("out").resolve(stale), "stale");
    }
    TokenManifest fresh = TokenShards.write(documents(TEXTS), BYTES, BY_DOCUMENT, 42, dir("out"));
    assertThat(fresh).isEqualTo(manifest);
    assertThat(contents("out").keySet())
        .noneMatch(name -> name.contains("00099") || name.contains("_tmp"));
  }

  @Test
  void emptySplitsSayWhatToSet() {
    TokenizeConfig rare = new TokenizeConfig(Split.DOCUMENT, 1e-9, 1_000, 64);
    TokenizeConfig greedy = new TokenizeConfig(Split.DOCUMENT, 1 - 1e-9, 1_000, 64);
    failsToWrite(texts(3), rare)
        .hasMessage(
            "val would get none of the 3 documents: raise tokenize.valFraction (1.0E-9), or set tokenize.split: tail");
    failsToWrite(texts(3), greedy)
        .hasMessageStartingWith("train would get none of the 3 documents: lower");
    failsToWrite(List.of(), rare).hasMessageStartingWith("no documents to tokenize");
    TokenizeConfig tail = new TokenizeConfig(Split.TAIL, 0.1, 1_000, 64);
    failsToWrite(List.of("x"), tail).hasMessageStartingWith("train would get none");
    failsToWrite(List.of(), tail).hasMessageStartingWith("no documents to tokenize");
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ?> failsToWrite(
      List<String> texts, TokenizeConfig config) {
    Path dir = dir("fails");
    return assertThatThrownBy(() -> TokenShards.write(documents(texts), BYTES, config, 1, dir))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anUnknownCharacterIsTheUsersMistakeAndNamesTheDocument() {
    Tokenizer letters = new CharTokenizer(new int[] {'a', 'b'});
    String id = Document.idOf("abc");
    assertThatThrownBy(
            () ->
                TokenShards.write(
                    documents(List.of("abc", "ab")), letters, BY_DOCUMENT, 1, dir("out")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("document " + id + ": character 'c' (U+0063) at position 2");
  }

  @Test
  void theConfigNamesItsKeys() {
    assertThatThrownBy(() -> new TokenizeConfig(null, 0.1, 1, 1))
        .hasMessage("tokenize.split must be document or tail, got nothing");
    assertThatThrownBy(() -> new TokenizeConfig(Split.TAIL, 1, 1, 1))
        .hasMessage("tokenize.valFraction must be between 0 and 1, got 1.0");
    assertThatThrownBy(() -> new TokenizeConfig(Split.TAIL, 0.1, 0, 1))
        .hasMessage("tokenize.shardTokens must be from 1 to 536870911, got 0");
    assertThatThrownBy(() -> new TokenizeConfig(Split.TAIL, 0.1, 1, 0))
        .hasMessage("tokenize.rowTokens must be from 1 to 1048576, got 0");
  }
}
