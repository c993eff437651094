package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code scripts/gpu-discovery.sh} on what nvidia-smi prints on machines that are not here. */
class GpuDiscoveryTest {
  private static final Path SCRIPT = Path.of("../scripts/gpu-discovery.sh").toAbsolutePath();
  private static final String TWO =
      """
      GPU 0: Tesla T4 (UUID: GPU-aa01)
      GPU 1: Tesla T4 (UUID: GPU-bb02)
      """;
  private static final String CUT =
      """
      GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-aa01)
        MIG 1g.5gb     Device  0: (UUID: MIG-1111)
        MIG 2g.10gb    Device  1: (UUID: MIG-2222)
      GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-bb02)
      """;

  @TempDir private Path bin;

  private record Result(int exitCode, String out, String err) {}

  /** The script where nvidia-smi, if there is one, prints {@code list}. */
  private Result discover(String list, String visible) throws IOException, InterruptedException {
    if (list != null) {
      String print = "#!/bin/sh\nprintf '%s' '" + list + "'\n"; // with nothing but the shell
      Path fake = Files.writeString(bin.resolve("nvidia-smi"), print);
      assertThat(fake.toFile().setExecutable(true)).isTrue();
    }
    Path err = bin.resolve("err");
    ProcessBuilder builder = new ProcessBuilder("/bin/bash", SCRIPT.toString());
    builder.environment().put("PATH", bin.toString());
    builder.environment().remove("CUDA_VISIBLE_DEVICES");
    if (visible != null) {
      builder.environment().put("CUDA_VISIBLE_DEVICES", visible);
    }
    Process process = builder.redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out, Files.readString(err));
  }

  @Test
  void everyGpuIsAnAddressAndSoIsEveryInstanceOfOneThatIsCut() throws Exception {
    assertThat(discover(TWO, null).out())
        .isEqualTo("{\"name\":\"gpu\",\"addresses\":[\"0\",\"1\"]}\n");
    assertThat(discover(CUT, null).out())
        .isEqualTo("{\"name\":\"gpu\",\"addresses\":[\"MIG-1111\",\"MIG-2222\",\"1\"]}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | '1'", // by index
        "'1,0' | '1\",\"MIG-1111'", // in its order; CUDA takes a GPU's first instance
        "GPU-bb | '1'", // a UUID may be cut short
        "'MIG-2222,1' | 'MIG-2222\",\"1'",
        "'1,7,0' | '1'", // nothing counts after a device that is not there
      })
  void visibleDevicesAreThoseThatCudaWouldSee(String visible, String addresses) throws Exception {
    assertThat(discover(CUT, visible).out())
        .isEqualTo("{\"name\":\"gpu\",\"addresses\":[\"" + addresses + "\"]}\n");
  }

  @Test
  void withoutGpusItSaysWhyAndFails() throws Exception {
    assertFails(discover("No devices found.\n", null), "lists no GPU: No devices found.");
    assertFails(discover(TWO, ""), "CUDA_VISIBLE_DEVICES= leaves none of: 0 1");
    assertFails(discover(TWO, "-1"), "CUDA_VISIBLE_DEVICES=-1 leaves none of: 0 1");
    Files.delete(bin.resolve("nvidia-smi"));
    assertFails(discover(null, null), "no nvidia-smi on the PATH; install the NVIDIA driver");
  }

  private static void assertFails(Result result, String why) {
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("gpu-discovery: ").contains(why);
  }
}
