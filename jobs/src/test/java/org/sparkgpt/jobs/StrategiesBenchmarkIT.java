package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** From a text to the table that compares our rounds with DL4J's master. */
class StrategiesBenchmarkIT {
  @Test
  void ourRoundsAndDl4jsMasterAreComparedOnTheSameRun(@TempDir Path folder) throws Exception {
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "she sells sea shells by the sea shore. ".repeat(200));
    Path runFile = folder.resolve("run.yaml");
    Files.writeString(
        runFile,
        """
        output: %s
        stages: [ingest, train-tokenizer, tokenize, train]
        ingest: {inputs: [%s]}
        tokenizer: {kind: char}
        tokenize: {split: tail, valFraction: 0.1}
        model: {vocabulary: 64, context: 16, layers: 2, heads: 2, embd: 32}
        optimizer: {learningRate: 1.0e-2, minLearningRate: 1.0e-3, warmupSteps: 4}
        train: {steps: 8, localSteps: 4, batchSize: 8, microBatch: 4}
        """
            .formatted(folder.resolve("run"), text));

    run("pipeline", runFile.toString(), "--until", "tokenize");
    List<String> lines =
        run("bench", "strategies", runFile.toString(), "--strategies", "diloco,dl4j")
            .lines()
            .toList();

    JsonNode ours = new JsonMapper().readTree(lines.get(0));
    JsonNode dl4j = new JsonMapper().readTree(lines.get(1));
    assertThat(ours.get("strategy").textValue()).isEqualTo("diloco");
    assertThat(dl4j.get("strategy").textValue()).isEqualTo("dl4j");
    for (JsonNode one : List.of(ours, dl4j)) {
      assertThat(one.get("workers").intValue()).isEqualTo(2);
      assertThat(one.get("tokens").longValue()).isEqualTo(8 * 8 * 16);
      double seconds = one.get("seconds").doubleValue();
      double steps = one.get("stepSeconds").doubleValue();
      assertThat(one.get("outsideSeconds").doubleValue())
          .isPositive()
          .isCloseTo(seconds - steps, within(1e-9));
    }
    double bytes = ours.get("driverBytesPerToken").doubleValue();
    double dl4jBytes = dl4j.get("driverBytesPerToken").doubleValue();
    assertThat(dl4jBytes).isGreaterThan(3 * bytes);
    assertThat(lines.get(3)).startsWith("strategy").contains("dl4j is", "driver B/token");
    assertThat(lines.get(4)).startsWith("diloco").contains("%.1f x".formatted(dl4jBytes / bytes));
    assertThat(lines).hasSize(6);
    assertThat(folder.resolve("run/_bench-strategies")).doesNotExist();
  }

  private static String run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = SparkGpt.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    assertThat(command.execute(arguments)).as(err.toString()).isZero();
    return out.toString();
  }
}
