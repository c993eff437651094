package org.sparkgpt.jobs;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkgpt.stage.RunInProgress;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.train.TaskFailure;
import org.sparkgpt.train.TrainingFailure;
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
      "Example: the whole chain on one machine",
      "  scripts/sparkgpt pipeline conf/demo.yaml"
    },
    subcommands = {
      PipelineCommand.class,
      PreflightCommand.class,
      GenerateCommand.class,
      InspectCommand.class,
      ReportCommand.class,
      SearchCommand.class,
      ExportTokensCommand.class,
      BenchCommand.class,
      CommandLine.HelpCommand.class
    })
public final class SparkGpt {
  private static final Logger LOG = LoggerFactory.getLogger(SparkGpt.class);
  static final int FAILURE = 1;
  static final int USER_MISTAKE = 2;
  static final int RUN_IN_PROGRESS = 3;
  static final int DIVERGED = 4;

  /** What a scheduler may do about each exit code. */
  private static final Map<String, String> EXIT_CODES = new LinkedHashMap<>();

  static {
    EXIT_CODES.put("0", "done, or already up to date");
    EXIT_CODES.put("1", "failure; trying again may help, and goes on where this run stopped");
    EXIT_CODES.put("2", "a mistake in the command or the run file; trying again will not help");
    EXIT_CODES.put("3", "another run is working on the output; nothing was done, try again later");
    EXIT_CODES.put("4", "training diverged; other settings are needed, trying again will not help");
  }

  public static void main(String[] args) {
    NativeSettings.apply();
    if (isYarnDriver()) {
      runOnYarn(args);
      return;
    }
    int exitCode = commandLine().execute(args);
    if (exitCode != 0) {
      System.exit(exitCode); // on success the JVM ends by itself, after what still has to be done
    }
  }

  private static boolean isYarnDriver() {
    SparkConf conf = new SparkConf();
    return conf.get("spark.master", "").equals("yarn")
        && conf.get("spark.submit.deployMode", "").equals("cluster");
  }

  /**
   * In the application master. YARN takes a driver that never had a context for failed, even where
   * there was nothing to do, and reports no reason for it: so the context comes first. It reports
   * what an exception says, and nothing of a process that exits: so a failure is thrown.
   */
  private static void runOnYarn(String[] args) {
    SparkSession session = Sessions.open("sparkgpt", List.of());
    StringWriter said = new StringWriter();
    int exitCode = commandLine().setErr(new PrintWriter(said, true)).execute(args);
    System.err.print(said);
    session.stop();
    if (exitCode != 0) {
      throw new IllegalStateException("exit code " + exitCode + ": " + said.toString().strip());
    }
  }

  /** The command line with all its subcommands; tests call it without a process. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new SparkGpt());
    for (StageName stage : StageName.values()) {
      CommandLine subcommand = new CommandLine(new StageCommand(stage));
      StageCommand.describe(subcommand.getCommandSpec(), stage);
      commandLine.addSubcommand(stage.command(), subcommand);
      tellExitCodes(subcommand);
    }
    tellExitCodes(commandLine);
    tellExitCodes(commandLine.getSubcommands().get("pipeline"));
    commandLine.registerConverter(Path.class, Path::new);
    commandLine.setExecutionExceptionHandler(SparkGpt::report);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    return commandLine;
  }

  private static void tellExitCodes(CommandLine command) {
    command
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(EXIT_CODES);
  }

  /** One line for the user; the stack trace goes to the log at debug level. */
  private static int report(Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) {
    String command = commandLine.getCommandSpec().qualifiedName(" ");
    int exitCode = exitCode(e);
    boolean refused = exitCode == USER_MISTAKE || exitCode == RUN_IN_PROGRESS;
    LOG.debug("{} failed", command, e);
    commandLine.getErr().println(command + ": " + (refused ? e.getMessage() : "failed: " + why(e)));
    return exitCode;
  }

  private static int exitCode(Exception e) {
    if (e instanceof IllegalArgumentException) {
      return USER_MISTAKE;
    }
    if (e instanceof RunInProgress) {
      return RUN_IN_PROGRESS;
    }
    return e instanceof TrainingFailure ? DIVERGED : FAILURE;
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
