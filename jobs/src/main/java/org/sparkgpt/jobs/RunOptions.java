package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.config.RunFile;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every command that works on a run takes: the run file, overrides, how to show them. */
final class RunOptions {
  @Parameters(
      index = "0",
      paramLabel = "run.yaml",
      description = "The run file, a local or Hadoop path.")
  private String runFile;

  @Parameters(
      index = "1..*",
      paramLabel = "section.key=value",
      description = "Settings that replace those of the run file.")
  private List<String> overrides = List.of();

  @Option(
      names = "--print-config",
      description = "Print the resolved settings, defaults included, and do nothing else.")
  private boolean printConfig;

  /**
   * The settings, validated; nothing if the user only wanted to see them, which {@code out} then
   * has.
   */
  Optional<RunConfig> load(PrintWriter out) throws IOException {
    return load(out, List.of());
  }

  /** Like {@link #load(PrintWriter)} with more settings, which replace the command line's. */
  Optional<RunConfig> load(PrintWriter out, List<String> more) throws IOException {
    RunFile file = read(more);
    RunConfig config = file.config();
    if (!printConfig) {
      return Optional.of(config);
    }
    out.print(file.resolved());
    out.flush();
    return Optional.empty();
  }

  private RunFile read(List<String> more) throws IOException {
    Path path = new Path(runFile);
    FileSystem fs = path.getFileSystem(new Configuration());
    if (!fs.exists(path) || fs.getFileStatus(path).isDirectory()) {
      throw new IllegalArgumentException(
          runFile + ": no such run file; conf/ has some to start from");
    }
    try (FSDataInputStream in = fs.open(path)) {
      String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<String> all = Stream.concat(overrides.stream(), more.stream()).toList();
      return RunFile.parse(runFile, yaml, all);
    }
  }
}
