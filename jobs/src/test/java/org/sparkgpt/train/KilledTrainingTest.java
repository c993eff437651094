package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the whole JVM, in the middle of rounds and checkpoints. */
class KilledTrainingTest {
  private static final TrainConfig CONFIG =
      TinyRun.withCheckpoints(TinyRun.config(Strategy.AVERAGE, 1, 24, 1), 1, 3, null);
  private static final String ROUND = "round ended at step ";
  @TempDir java.nio.file.Path temp;

  /** The process that gets killed; its argument is the directory of its checkpoints. */
  public static void main(String[] arguments) {
    try (JavaSparkContext spark = TinyRun.spark()) {
      train(
          spark,
          new Path(arguments[0]),
          new RoundListener() {
            @Override
            public void roundEnded(RoundReport round) {
              System.out.println(ROUND + round.step());
            }
          });
    }
  }

  @Test
  void aKilledRunIsResumedToTheSameBits() throws Exception {
    Path killed = new Path(temp.resolve("killed").toUri());
    killAfterRound(killed, 7);

    try (JavaSparkContext spark = TinyRun.spark()) {
      TrainReport resumed = train(spark, killed, RoundListener.NONE);
      TrainReport whole = train(spark, new Path(temp.resolve("whole").toUri()), RoundListener.NONE);

      assertThat(resumed.resumedFrom()).isBetween(6, 23);
      assertThat(TinyRun.parameters(resumed)).isEqualTo(TinyRun.parameters(whole));
    }
  }

  private static void killAfterRound(Path directory, int step)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(java.nio.file.Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-") || argument.startsWith("-X"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1", // it lives for seconds
            "-cp",
            System.getProperty("java.class.path"),
            KilledTrainingTest.class.getName(),
            directory.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
      String line = out.readLine();
      while (line != null && !line.equals(ROUND + step)) {
        line = out.readLine();
      }
      assertThat(line).as("the process reached step " + step).isNotNull();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static TrainReport train(JavaSparkContext spark, Path directory, RoundListener listener) {
    return TinyRun.train(spark, CONFIG, TinyRun.DATA, directory, listener);
  }
}
