package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/chaos.sh} with the driver killed while it writes a checkpoint. */
class FaultsIT {
  private static final String FAULT = "driver-checkpoint";
  @TempDir Path folder;

  @Test
  void trainingSurvivesTheEndOfItsDriverInTheMiddleOfACheckpoint() throws Exception {
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(List.of("bash", "../scripts/chaos.sh", "--only", FAULT))
            .redirectError(err.toFile());
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("SPARKGPT_CHAOS", folder.resolve("chaos").toString());
    builder.environment().put("SPARKGPT_CHAOS_PORT", String.valueOf(ClusterIT.freePorts()));
    Process process = builder.start();
    process.getOutputStream().close();
    String table = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(table + Files.readString(err)).isZero();
    assertThat(table).containsPattern(FAULT + " +\\| \\d +\\| yes +\\| yes ");
  }
}
