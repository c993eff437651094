package org.sparkgpt.decontaminate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.decontaminate.EvaluationSet.Format;

class EvaluationSetsTest {
  private static final Configuration CONF = new Configuration();

  @TempDir private Path temp;

  private Path write(String name, String text) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static DecontaminateConfig config(EvaluationSet set) {
    return Texts.config(Map.of("exam", set));
  }

  private static Examples read(EvaluationSet set) {
    return EvaluationSets.read(CONF, config(set)).get(0);
  }

  private static Examples read(Path file) {
    return read(EvaluationSet.of(file.toString()));
  }

  private static List<Integer> lengths(Examples set) {
    return IntStream.range(0, set.count()).mapToObj(i -> set.end(i) - set.start(i)).toList();
  }

  private static List<Integer> lines(Examples set) {
    return IntStream.range(0, set.count()).mapToObj(set::line).toList();
  }

  @Test
  void plainTextHasAnExampleInEachBlock() throws IOException {
    Examples set = read(write("a.txt", "\ufeffone two\nthree\n \t\r\n\n= Title =\n\nlast"));
    assertThat(lengths(set)).containsExactly(3, 1, 1);
    assertThat(lines(set)).containsExactly(1, 5, 7);
  }

  @Test
  void linesAreExamplesWhereTheFormatSaysSo() throws IOException {
    Path file = write("a.txt", "one two\nthree\r\n\n four\n");
    Examples set = read(new EvaluationSet(file.toString(), Format.LINES, null));
    assertThat(lengths(set)).containsExactly(2, 1, 1);
    assertThat(lines(set)).containsExactly(1, 2, 4);
  }

  @Test
  void jsonLinesJoinAllTextOrTheFieldsThatAreNamed() throws IOException {
    String lines =
        """
        {"id": "x7", "question": "how many?", "choices": ["one", {"b": "two"}], "label": 2}

        {"id": "x8", "question": "why", "choices": [], "label": 0}
        """;
    Path file = write("a.jsonl", lines);
    assertThat(lengths(read(file))).containsExactly(5, 2);
    EvaluationSet some =
        new EvaluationSet(file.toString(), null, List.of("choices", "question", "label"));
    assertThat(lengths(read(some))).containsExactly(5, 2);
    assertThat(lines(read(some))).containsExactly(1, 3);
    EvaluationSet one = new EvaluationSet(file.toString(), Format.JSONL, List.of("question"));
    assertThat(lengths(read(one))).containsExactly(2, 1);
  }

  @Test
  void directoriesGlobsAndGzipAreReadInOrderOfTheirPaths() throws IOException {
    write("set/b.txt", "b b");
    write("set/sub/c.txt", "c c c");
    write("set/_hidden.txt", "never");
    write("set/.hidden", "never");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(temp.resolve("set/a.jsonl.gz")))) {
      out.write("{\"text\": \"a\"}\n".getBytes(StandardCharsets.UTF_8));
    }
    Examples set = read(temp.resolve("set"));
    assertThat(lengths(set)).containsExactly(1, 2, 3);
    assertThat(set.file(0).getName()).isEqualTo("a.jsonl.gz");
    assertThat(lengths(read(temp.resolve("set/?.txt")))).containsExactly(2);
  }

  @Test
  void nIsTheFifthPercentileOfTheLengthsWithinBounds() {
    assertThat(ngramLength(IntStream.rangeClosed(1, 20))).as("1 of 20 is 5 %").isEqualTo(8);
    assertThat(ngramLength(IntStream.rangeClosed(9, 28))).isEqualTo(9);
    assertThat(ngramLength(IntStream.rangeClosed(9, 29))).as("5 % of 21 are 1.05").isEqualTo(10);
    assertThat(ngramLength(IntStream.range(0, 100).map(i -> 50))).isEqualTo(13);
    assertThat(ngramLength(IntStream.of(11))).isEqualTo(11);
  }

  private static int ngramLength(IntStream lengths) {
    String[] examples = lengths.mapToObj(n -> "w ".repeat(n)).toArray(String[]::new);
    return Texts.set("exam", examples).ngramLength(8, 13);
  }

  @Test
  void theDigestFollowsNamesAndContents() throws IOException {
    Path file = write("a.txt", "one two");
    DecontaminateConfig config = config(EvaluationSet.of(file.toString()));
    String before = EvaluationSets.digest(CONF, config);
    assertThat(EvaluationSets.digest(CONF, config)).isEqualTo(before);
    write("a.txt", "one twa");
    assertThat(EvaluationSets.digest(CONF, config)).isNotEqualTo(before);
    write("a.txt", "one two");
    assertThat(EvaluationSets.digest(CONF, config)).isEqualTo(before);
    DecontaminateConfig renamed = Texts.config(Map.of("test", EvaluationSet.of(file.toString())));
    assertThat(EvaluationSets.digest(CONF, renamed)).isNotEqualTo(before);
  }

  @Test
  void setsThatCannotBeReadAreNamedWithThePlace() throws IOException {
    requireMistake(temp.resolve("none.txt"), "no file at ");
    requireMistake(temp.resolve("*.none"), "give a file, a directory or a glob that exists");
    requireMistake(write("empty.txt", "\n \n"), "empty.txt: has no example with a word in it");
    requireMistake(write("signs.txt", "?!\n"), "has no example with a word in it");
    requireMistake(write("a.jsonl", "{\"a\": \"b\"}\n\n{\"a\": \n"), "a.jsonl:3: not JSON (");
    requireMistake(write("b.jsonl", "[1]\n"), "b.jsonl:1: not a JSON object; expected one on each");
    requireMistake(write("c.jsonl", "{} {}\n"), "c.jsonl:1: not JSON (");
    Path latin = temp.resolve("latin.txt");
    Files.write(latin, "fine\ncaf\u00e9 x\n".getBytes(StandardCharsets.ISO_8859_1));
    requireMistake(latin, "latin.txt:2: not UTF-8");
    Path json = write("d.jsonl", "{\"a\": \"b\", \"c\": 1}\n");
    assertThatThrownBy(() -> read(new EvaluationSet(json.toString(), null, List.of("text"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("decontaminate.sets.exam: ")
        .hasMessageEndingWith("d.jsonl:1: no field 'text'; its fields are [a, c]");
    Path text = write("d.txt", "a\n");
    assertThatThrownBy(() -> read(new EvaluationSet(text.toString(), null, List.of("text"))))
        .hasMessageEndingWith(
            "d.txt: only jsonl has fields; set its format to jsonl if it is that");
    assertThatThrownBy(() -> read(EvaluationSet.of("nowhere://x/y")))
        .hasMessageContaining("use file:, hdfs: or s3a:");
  }

  private static void requireMistake(Path file, String message) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("decontaminate.sets.exam: ")
        .hasMessageContaining(message);
  }

  @Test
  void aLongLineIsAnExample() throws IOException {
    Path file = write("a.jsonl", "{\"t\": \"" + "word ".repeat(5_000_000) + "\"}");
    assertThat(lengths(read(file))).containsExactly(5_000_000);
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(Texts.GPT3::requireSets)
        .hasMessageStartingWith("decontaminate.sets is empty: name the evaluation sets");
    assertThatThrownBy(() -> Texts.config(Map.of("a/b", EvaluationSet.of("x"))))
        .hasMessage(
            "decontaminate.sets: a set's name has letters, digits, _ and - only, got 'a/b'");
    assertThatThrownBy(() -> EvaluationSet.of(" "))
        .hasMessage("decontaminate.sets: a set without a path; give a file, a directory or a glob");
    assertThatThrownBy(() -> new EvaluationSet("a.txt", Format.LINES, List.of("x")))
        .hasMessage("decontaminate.sets: a.txt: only jsonl has fields, and its format is LINES");
    assertThatThrownBy(() -> new DecontaminateConfig(null, 9, 8, 200, 200, 10, 10))
        .hasMessageContaining("the first not above the second, got 9 and 8");
    assertThatThrownBy(() -> new DecontaminateConfig(null, 0, 8, 200, 200, 10, 10))
        .hasMessageContaining("got 0 and 8");
    assertThatThrownBy(() -> new DecontaminateConfig(null, 8, 13, -1, 200, 10, 10))
        .hasMessage("decontaminate.windowCharacters must be between 0 and 1048576, got -1");
    assertThatThrownBy(() -> new DecontaminateConfig(null, 8, 13, 200, 0, 10, 10))
        .hasMessage("decontaminate.minPieceCharacters must be between 1 and 1048576, got 0");
    assertThatThrownBy(() -> new DecontaminateConfig(null, 8, 13, 200, 200, 0, 10))
        .hasMessage("decontaminate.maxPieces must be at least 1, got 0");
    assertThatThrownBy(() -> new DecontaminateConfig(null, 8, 13, 200, 200, 10, 0))
        .hasMessage("decontaminate.maxDocuments must be at least 1, got 0");
  }
}
