package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.Verdict;
import org.sparkgpt.stage.DocumentTable;
import org.sparkgpt.stage.StageName;
import picocli.CommandLine;

class PassagesBenchmarkTest {
  @Test
  void sharesAreThoseOfTheDocuments(@TempDir Path run) throws Exception {
    String text =
        IntStream.range(0, 500).mapToObj(i -> "word" + i).collect(Collectors.joining(" "));
    List<Row> documents =
        List.of(
            RowFactory.create("1", text, "a", null, null, null, null, null, null),
            RowFactory.create("2", text, "b", null, null, null, null, null, null));
    try (SparkSession spark =
        SparkSession.builder().master("local[1]").config("spark.ui.enabled", false).getOrCreate()) {
      DocumentTable.write(
          spark.createDataFrame(documents, Verdict.appendTo(Document.SCHEMA)),
          StageName.DEDUP,
          StageName.DEDUP.directory(new org.apache.hadoop.fs.Path(run.toUri())));
    }
    StringWriter out = new StringWriter();
    CommandLine command = SparkGpt.commandLine().setOut(new PrintWriter(out, true));

    assertThat(command.execute("bench", "passages", run.toString(), "--after=dedup", "--repeats=1"))
        .isZero();

    JsonNode result = new JsonMapper().readTree(out.toString());
    assertThat(result.get("documents").intValue()).isEqualTo(2);
    assertThat(result.get("textMB").doubleValue()).isCloseTo(2e-6 * text.length(), within(1e-12));
    assertThat(result.get("textShuffleShare").doubleValue()).isPositive();
    for (String method : List.of("paragraph", "line", "substring")) {
      JsonNode figures = result.get(method);
      assertThat(figures.get("removedShare").doubleValue()).as(method).isEqualTo(0.5);
      assertThat(figures.get("shuffleShare").doubleValue()).as(method).isPositive();
      assertThat(figures.get("MBPerSecond").doubleValue()).as(method).isPositive();
    }
    assertThat(result.get("span").get("removedShare").doubleValue()).isZero();
  }
}
