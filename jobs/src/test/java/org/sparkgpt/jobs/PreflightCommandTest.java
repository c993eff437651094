package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PreflightCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  private int preflight(String... settings) {
    CommandLine command = SparkGpt.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    String[] arguments = new String[3 + settings.length];
    arguments[0] = "preflight";
    arguments[1] = "../conf/demo.yaml";
    arguments[2] = "output=" + folder.resolve("run");
    System.arraycopy(settings, 0, arguments, 3, settings.length);
    return command.execute(arguments);
  }

  @Test
  void aRunThatFitsHasALineForEveryTopic() {
    assertThat(preflight()).as(err.toString()).isZero();

    assertThat(out.toString().lines()).hasSize(9).allMatch(line -> line.startsWith("preflight: "));
    assertThat(folder.resolve("run")).as("nothing is written").doesNotExist();
  }

  @Test
  void aRunThatDoesNotFitIsAMistake() {
    assertThat(preflight("model.layers=2000", "train.microBatch=64")).isEqualTo(2);

    assertThat(out.toString().lines()).hasSize(9);
    assertThat(err.toString()).contains("off-heap: training needs ");
  }
}
