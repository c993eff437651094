package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.net.NetUtils;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.config.RunFile;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every command that works on a run takes: the run file, overrides, how to show them. */
final class RunOptions {
  @Parameters(
      index = "0",
      paramLabel = "run.yaml",
      description =
          "The run file, a Hadoop path such as hdfs:///runs/run.yaml. Without a scheme: a file of"
              + " the driver's machine, where spark-submit --files puts it, or else one of the"
              + " default file system.")
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
   *
   * @param settings {@code section.key=value} of the command's own, which win
   */
  Optional<RunConfig> load(PrintWriter out, List<String> settings) throws IOException {
    RunFile file = read(runFile, withOverrides(settings));
    RunConfig config = file.config();
    if (!printConfig) {
      return Optional.of(config);
    }
    out.print(file.resolved());
    out.flush();
    return Optional.empty();
  }

  /** Like {@link #load(PrintWriter, List)}, without settings of the command's own. */
  Optional<RunConfig> load(PrintWriter out) throws IOException {
    return load(out, List.of());
  }

  /** The settings with further ones of the command's own, which win. */
  RunConfig with(List<String> settings) throws IOException {
    return read(runFile, withOverrides(settings)).config();
  }

  private List<String> withOverrides(List<String> settings) {
    return Stream.concat(overrides.stream(), settings.stream()).toList();
  }

  /** A run file as it is. */
  static RunFile read(String runFile) throws IOException {
    return read(runFile, List.of());
  }

  /** The directory that is given: itself, or that of the run whose file is given. */
  static Path directory(Path target) throws IOException {
    FileSystem fs = target.getFileSystem(Sessions.hadoopConfiguration());
    boolean isDirectory = fs.exists(target) && fs.getFileStatus(target).isDirectory();
    return isDirectory ? target : new Path(read(target.toString()).config().output());
  }

  /** A run file with further settings, which win. */
  static RunFile read(String runFile, List<String> settings) throws IOException {
    Path path = new Path(runFile);
    FileSystem fs = path.getFileSystem(Sessions.hadoopConfiguration());
    if (path.toUri().getScheme() == null && Files.isRegularFile(java.nio.file.Path.of(runFile))) {
      fs = FileSystem.getLocal(fs.getConf());
    }
    if (!fs.exists(path) || fs.getFileStatus(path).isDirectory()) {
      throw new IllegalArgumentException(
          runFile
              + ": no such run file "
              + (fs.getScheme().equals("file")
                  ? "on " + NetUtils.getLocalHostname() + "; conf/ has some to start from"
                  : "in " + fs.getUri()));
    }
    try (FSDataInputStream in = fs.open(path)) {
      String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return RunFile.parse(runFile, yaml, settings);
    }
  }
}
