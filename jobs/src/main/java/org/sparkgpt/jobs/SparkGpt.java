package org.sparkgpt.jobs;

import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.train.TaskFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code sparkgpt} command: main class of the submit jar and of {@code scripts/sparkgpt}. */
@Command(
    name = "sparkgpt",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Pre-trains a GPT on a Spark cluster: documents to token shards, token shards to a model.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 done (or already up to date), 1 failure, 2 a mistake in the command or run file.",
      "",
      "Example: the whole chain on one machine",
      "  scripts/sparkgpt pipeline conf/demo.yaml"
    },
    subcommands = {
      PipelineCommand.class,
      PreflightCommand.class,
      GenerateCommand.class,
      InspectCommand.class,
      BenchCommand.class,
      CommandLine.HelpCommand.class
    })
public final class SparkGpt {
  private static final Logger LOG = LoggerFactory.getLogger(SparkGpt.class);
  static final int USER_MISTAKE = 2;
  static final int FAILURE = 1;

  public static void main(String[] args) {
    NativeSettings.apply();
    int exitCode = commandLine().execute(args);
    if (exitCode != 0) {
      System.exit(exitCode); // on success the JVM ends by itself, as YARN's cluster mode wants it
    }
  }

  /** The command line with all its subcommands; tests call it without a process. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new SparkGpt());
    for (StageName stage : StageName.values()) {
      CommandLine subcommand = new CommandLine(new StageCommand(stage));
      StageCommand.describe(subcommand.getCommandSpec(), stage);
      commandLine.addSubcommand(stage.command(), subcommand);
    }
    commandLine.registerConverter(Path.class, Path::new);
    commandLine.setExecutionExceptionHandler(SparkGpt::report);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    return commandLine;
  }

  /** One line for the user; the stack trace goes to the log at debug level. */
  private static int report(Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) {
    String command = commandLine.getCommandSpec().qualifiedName(" ");
    boolean mistake = e instanceof IllegalArgumentException;
    LOG.debug("{} failed", command, e);
    commandLine.getErr().println(command + ": " + (mistake ? e.getMessage() : "failed: " + why(e)));
    return mistake ? USER_MISTAKE : FAILURE;
  }

  /**
   * What happened, without Spark's text about stages and tasks around it: a message of ours as it
   * is, another's with the name of its class, because alone it often says little.
   */
  private static String why(Exception e) {
    Throwable cause = TaskFailure.of(e);
    boolean ours =
        cause instanceof UncheckedIOException
            || cause instanceof IllegalArgumentException
            || cause instanceof IllegalStateException && cause.getCause() == null
            || cause.getClass().getName().startsWith("org.sparkgpt.");
    while (!ours && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    String line = message.lines().findFirst().orElse("");
    return ours ? line : cause.getClass().getSimpleName() + ": " + line;
  }
}
