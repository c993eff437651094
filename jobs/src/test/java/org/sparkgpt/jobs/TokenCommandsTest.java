package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.tokenize.SyntheticText;
import org.sparkgpt.tokenize.Tokenizer;
import org.sparkgpt.tokenize.TokenizerFiles;
import picocli.CommandLine;

/** What users do with a corpus of tokens: hand it to others, and time how it is made. */
class TokenCommandsTest {
  private static final int DOCUMENTS = 60;
  private static final SyntheticText TEXT = new SyntheticText(3);

  @TempDir private static Path temp;
  private static String run;

  private record Ended(int exitCode, String out, String err) {}

  private static Ended sparkgpt(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = SparkGpt.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return new Ended(command.execute(arguments), out.toString(), err.toString());
  }

  @BeforeAll
  static void tokenize() throws Exception {
    JsonMapper json = new JsonMapper();
    String lines =
        LongStream.range(0, DOCUMENTS)
            .mapToObj(i -> json.createObjectNode().put("text", TEXT.document(i)).toString())
            .collect(Collectors.joining("\n"));
    Files.writeString(temp.resolve("corpus.jsonl"), lines);
    Files.writeString(
        temp.resolve("run.yaml"),
        """
        output: %s/small
        stages: [ingest, train-tokenizer, tokenize]
        ingest:
          inputs: [%s/corpus.jsonl]
        tokenizer:
          vocabulary: 500
        tokenize:
          valFraction: 0.2
        """
            .formatted(temp, temp));
    run = temp.resolve("run.yaml").toString();
    Ended ended = sparkgpt("pipeline", run);
    assertThat(ended.exitCode()).as(ended.err()).isZero();
  }

  @Test
  void everyDocumentComesBackOutOfAnExport() throws Exception {
    Ended ended = sparkgpt("export-tokens", run, "--format", "nanogpt");
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("train.bin", "val.bin", "500 ids, <|endoftext|> (499) closes each document")
        .contains("nanoGPT: put the two files into data/small and run train.py --dataset=small");
    assertThat(decoded("train.bin") + decoded("val.bin"))
        .satisfies(
            text ->
                assertThat(text.split("<\\|endoftext\\|>"))
                    .containsExactlyInAnyOrder(
                        LongStream.range(0, DOCUMENTS)
                            .mapToObj(TEXT::document)
                            .toArray(String[]::new)));

    assertThat(listed("small")).as("nothing temporary").noneMatch(name -> name.contains(".tmp-"));

    Ended again = sparkgpt("export-tokens", run, "--format", "NANOGPT");
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).contains("small/tokens-nanogpt: holds an export; add --overwrite");
    assertThat(sparkgpt("export-tokens", run, "--format", "nanogpt", "--overwrite").exitCode())
        .isZero();
  }

  private static List<String> listed(String directory) throws Exception {
    try (Stream<Path> paths = Files.list(temp.resolve(directory))) {
      return paths.map(path -> path.getFileName().toString()).toList();
    }
  }

  private static String decoded(String name) throws Exception {
    byte[] bytes = Files.readAllBytes(temp.resolve("small/tokens-nanogpt").resolve(name));
    ByteBuffer ids = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Tokenizer tokenizer =
        TokenizerFiles.load(
            FileSystem.getLocal(new Configuration()),
            new org.apache.hadoop.fs.Path(temp.resolve("small/tokenizer").toUri()));
    return tokenizer.decode(
        IntStream.range(0, bytes.length / 2).map(i -> ids.getShort()).toArray());
  }

  @Test
  void theOtherFormatsSayHowTheyAreUsed() {
    String out = temp.resolve("else where").toString();
    assertThat(sparkgpt("export-tokens", run, "--format", "llmc", "--out", out).out())
        .contains("small_train_000001.bin", "small_val_000000.bin")
        .contains("llm.c: train_gpt2cu -i \"" + out + "/small_train_*.bin\"");
    assertThat(sparkgpt("export-tokens", run, "--format", "megatron").out())
        .contains("small_train.idx")
        .contains("--valid-data-path " + temp + "/small/tokens-megatron/small_val");
  }

  @Test
  void mistakesSayWhatToDo() {
    Ended format = sparkgpt("export-tokens", run, "--format", "tfrecord");
    assertThat(format.exitCode()).isEqualTo(2);
    assertThat(format.err()).contains("expected one of [NANOGPT, LLMC, MEGATRON]");
    Ended none = sparkgpt("export-tokens", run, "--format", "llmc", "output=" + temp + "/none");
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("none/tokens: no finished 'tokenize' here; run it first");
  }

  @Test
  void encodingIsTimedOnceTheIdsAreEqual() throws Exception {
    Path text = temp.resolve("text.txt");
    Files.writeString(text, TEXT.document(1) + "\nzażółć 語 😀 don't   1984\n");
    for (List<String> arguments :
        List.of(
            List.of("--megabytes", "1", "--repeats", "2"),
            List.of(text.toString(), "--tokenizer", temp + "/small/tokenizer", "--repeats", "2"))) {
      JsonNode result = bench("encode", arguments);
      assertThat(result.get("equalIds").booleanValue()).isTrue();
      double ours = result.get("megabytesPerSecond").doubleValue();
      double theirs = result.get("jtokkitMegabytesPerSecond").doubleValue();
      assertThat(ours).isPositive();
      assertThat(result.get("timesJtokkit").doubleValue()).isCloseTo(ours / theirs, within(1e-9));
    }
  }

  @Test
  void learningIsTimedOnDocumentsOnLinesAndOnMadeUpText() throws Exception {
    JsonNode documents = bench("tokenizer", List.of(temp + "/small/documents", "--merges", "50"));
    assertThat(documents.get("documents").intValue()).isEqualTo(DOCUMENTS);
    assertThat(documents.get("merges").intValue()).isEqualTo(50);
    assertThat(documents.get("countSeconds").doubleValue()).isPositive();
    assertThat(documents.get("learnSeconds").doubleValue()).isPositive();

    String kept = temp.resolve("made-up").toString();
    JsonNode madeUp =
        bench("tokenizer", List.of("--megabytes", "1", "--merges", "300", "--keep", kept));
    assertThat(madeUp.get("megabytes").doubleValue()).isBetween(0.7, 1.3);
    assertThat(madeUp.get("merges").intValue()).isEqualTo(300);

    Path lines = temp.resolve("lines.txt");
    Files.writeString(lines, "one line\nand another\n");
    assertThat(bench("tokenizer", List.of(lines.toString())).get("documents").intValue())
        .isEqualTo(2);
  }

  private static JsonNode bench(String name, List<String> arguments) throws Exception {
    String[] all =
        Stream.concat(Stream.of("bench", name), arguments.stream()).toArray(String[]::new);
    Ended ended = sparkgpt(all);
    assertThat(ended.exitCode()).as(Arrays.toString(all) + ended.err()).isZero();
    assertThat(ended.out().lines()).hasSize(1);
    return new JsonMapper().readTree(ended.out());
  }
}
