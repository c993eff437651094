package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.checkpoint.CheckpointException;
import org.sparkgpt.stage.RunLease;
import org.sparkgpt.train.TrainingFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class ExitCodeTest {
  @TempDir private Path folder;

  private record Ended(int exitCode, String out, String err) {}

  private static Ended run(CommandLine commandLine, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return new Ended(commandLine.execute(arguments), out.toString(), err.toString());
  }

  @Command(name = "fail")
  private record Failing(Exception failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      throw failure;
    }
  }

  private static Ended failing(Exception failure) {
    return run(
        SparkGpt.commandLine().addSubcommand("fail", new CommandLine(new Failing(failure))),
        "fail");
  }

  @Test
  void eachKindOfFailureHasItsCode() {
    assertThat(failing(new IllegalArgumentException("train.steps must be positive")))
        .isEqualTo(new Ended(2, "", "sparkgpt fail: train.steps must be positive\n"));
    assertThat(failing(new TrainingFailure("training diverged at step 7")))
        .isEqualTo(new Ended(4, "", "sparkgpt fail: failed: training diverged at step 7\n"));
    assertThat(failing(new CheckpointException("step-000000020/chunk-0: damaged")).exitCode())
        .isEqualTo(1);
    assertThat(
            failing(
                new SparkException(
                    "Job aborted due to stage failure",
                    new UncheckedIOException("part-3: damaged", new java.io.EOFException()))))
        .isEqualTo(new Ended(1, "", "sparkgpt fail: failed: part-3: damaged\n"));
    assertThat(failing(new SparkException("lost", new IllegalArgumentException("of a task"))))
        .extracting(Ended::exitCode)
        .isEqualTo(1);
  }

  @Test
  void anotherRunAtWorkIsCode3AndLeavesTheOutputAlone() throws Exception {
    Path output = folder.resolve("run");
    Files.writeString(folder.resolve("run.yaml"), "output: " + output.toUri() + "\n");
    FileSystem fs = FileSystem.getLocal(new Configuration());
    try (RunLease other =
        RunLease.take(fs, new org.apache.hadoop.fs.Path(output.toUri()), () -> {})) {
      Ended ended =
          run(SparkGpt.commandLine(), "pipeline", folder.resolve("run.yaml").toUri().toString());

      assertThat(ended.exitCode()).as(ended.err()).isEqualTo(3);
      assertThat(ended.err()).contains("another run is working on it (", ", since ");
      other.requireHeld();
    }
    assertThat(output).isEmptyDirectory();
  }

  @Test
  void helpTellsTheCodes() {
    for (String command : new String[] {"pipeline", "train"}) {
      assertThat(run(SparkGpt.commandLine(), command, "--help").out())
          .containsSubsequence(
              "Exit codes:",
              "0   done, or already up to date",
              "1   failure; trying again may help",
              "2   a mistake in the command or the run file",
              "3   another run is working on the output",
              "4   training diverged");
    }
  }

  @Test
  void runFileIsLookedForWhereThePathSays() {
    assertThat(run(SparkGpt.commandLine(), "clean", "nowhere.yaml"))
        .satisfies(
            ended -> {
              assertThat(ended.exitCode()).isEqualTo(2);
              assertThat(ended.err()).startsWith("sparkgpt clean: nowhere.yaml: no such run file");
            });
  }
}
