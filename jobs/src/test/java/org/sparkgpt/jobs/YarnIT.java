package org.sparkgpt.jobs;

import static org.apache.hadoop.yarn.api.records.FinalApplicationStatus.FAILED;
import static org.apache.hadoop.yarn.api.records.FinalApplicationStatus.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.checkpoint.Checkpoints;

/**
 * {@code spark-submit --master yarn --deploy-mode cluster} of the packaged jar: a ResourceManager,
 * a NodeManager and HDFS in this process; the submission, the driver and the executor in processes
 * of their own.
 */
class YarnIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern APPLICATION = Pattern.compile("application_(\\d+)_(\\d+)");

  @TempDir private static Path folder;
  private static MiniDFSCluster hdfs;
  private static MiniYARNCluster yarn;
  private static YarnClient client;
  private static String sparkClasspath;

  /** A submission that has ended: what spark-submit said and what YARN knows. */
  private record Ended(int exitCode, String log, ApplicationReport report) {
    FinalApplicationStatus status() {
      return report.getFinalApplicationStatus();
    }
  }

  @BeforeAll
  static void startCluster() throws Exception {
    Configuration hdfsConf = new Configuration();
    hdfsConf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(hdfsConf).numDataNodes(1).build();

    YarnConfiguration conf = new YarnConfiguration();
    conf.set("fs.defaultFS", hdfs.getURI().toString());
    // Processes here share a machine with others and run no longer than a test.
    conf.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, false);
    conf.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
    conf.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 128);
    conf.set(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100");
    // Containers start and end with a NodeManager's heartbeat, every second by default.
    conf.setLong(YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_MS, 100);
    // The minicluster's jar has no capacity-scheduler.xml.
    conf.set("yarn.scheduler.capacity.root.queues", "default");
    conf.set("yarn.scheduler.capacity.root.default.capacity", "100");
    conf.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1");
    yarn = new MiniYARNCluster("yarn", 1, 1, 1);
    yarn.init(conf);
    yarn.start();
    assertThat(yarn.waitForNodeManagersToConnect(30_000)).as("NodeManager registered").isTrue();

    Path hadoopConf = Files.createDirectories(folder.resolve("hadoop-conf"));
    for (String file : List.of("core-site.xml", "yarn-site.xml")) { // each over its own defaults
      try (OutputStream out = Files.newOutputStream(hadoopConf.resolve(file))) {
        yarn.getConfig().writeXml(out);
      }
    }
    client = YarnClient.createYarnClient();
    client.init(yarn.getConfig());
    client.start();
    sparkClasspath = Files.readString(Path.of("target/spark.classpath")).strip();
  }

  @AfterAll
  static void stopCluster() {
    if (client != null) {
      client.stop();
    }
    if (yarn != null) {
      yarn.stop();
    }
    hdfs.shutdown();
  }

  /** What a user types, with this build's Spark in place of an installed one. */
  private static Process submit(String name, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "@" + ROOT.resolve("conf/jvm.options"),
                "-Xmx256m",
                "-Dlog4j.configurationFile=" + logging(),
                "-cp",
                folder.resolve("hadoop-conf") + ":" + sparkClasspath,
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                "yarn",
                "--deploy-mode",
                "cluster",
                "--class",
                "org.sparkgpt.jobs.SparkGpt"));
    String jars =
        Stream.of(sparkClasspath.split(":"))
            .map(j -> "local:" + j)
            .collect(Collectors.joining(","));
    Map<String, String> settings =
        Map.of(
            "spark.yarn.jars", jars,
            "spark.yarn.maxAppAttempts", "1",
            "spark.driver.memory", "512m",
            "spark.executor.memory", "512m",
            "spark.executor.memoryOverhead", "512m",
            "spark.executor.instances", "1",
            "spark.sql.shuffle.partitions", "2",
            "spark.ui.enabled", "false",
            "spark.yarn.appMasterEnv.JAVA_HOME", System.getProperty("java.home"),
            "spark.executorEnv.JAVA_HOME", System.getProperty("java.home"));
    settings.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    // What the build sets for all that tests start does not reach YARN's containers by itself.
    String options = Objects.requireNonNullElse(System.getenv("JDK_JAVA_OPTIONS"), "");
    for (String process : List.of("driver", "executor")) {
      command.addAll(List.of("--conf", "spark." + process + ".extraJavaOptions=" + options));
    }
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile());
    builder.environment().put("HADOOP_CONF_DIR", folder.resolve("hadoop-conf").toString());
    return builder.start();
  }

  /** Spark's own logging at info, so that the application's id is in it. */
  private static Path logging() throws IOException {
    Path file = folder.resolve("log4j2.properties");
    Files.writeString(
        file,
        """
        rootLogger.level = info
        rootLogger.appenderRef.stderr.ref = stderr
        appender.stderr.type = Console
        appender.stderr.name = stderr
        appender.stderr.target = SYSTEM_ERR
        appender.stderr.layout.type = PatternLayout
        appender.stderr.layout.pattern = %d{HH:mm:ss} %p %m%n
        """);
    return file;
  }

  private static Ended await(String name, Process submission) throws Exception {
    if (!submission.waitFor(540, TimeUnit.SECONDS)) {
      submission.destroyForcibly();
    }
    int exitCode = submission.waitFor();
    String log = Files.readString(folder.resolve(name + ".log"));
    Matcher id = APPLICATION.matcher(log);
    assertThat(id.find()).as("an application was submitted: " + log).isTrue();
    ApplicationId application =
        ApplicationId.newInstance(Long.parseLong(id.group(1)), Integer.parseInt(id.group(2)));
    return new Ended(exitCode, log, client.getApplicationReport(application));
  }

  @Test
  void pipelineSucceedsIsUpToDateAndFailsWithItsReason() throws Exception {
    FileSystem fs = hdfs.getFileSystem();
    fs.copyFromLocalFile(
        new org.apache.hadoop.fs.Path(Path.of("src/test/resources/corpus/scenes.jsonl").toUri()),
        new org.apache.hadoop.fs.Path("/corpus/scenes.jsonl"));
    Files.writeString(
        folder.resolve("run.yaml"),
        """
        output: hdfs:///runs/tiny
        stages: [ingest, train-tokenizer, tokenize, train]
        ingest: {inputs: [/corpus]}
        tokenizer: {kind: char}
        tokenize: {valFraction: 0.1}
        model: {vocabulary: 128, context: 16, layers: 1, heads: 2, embd: 16}
        train:
          {workers: 1, steps: 4, localSteps: 2, batchSize: 4, microBatch: 4, checkpointSteps: 4}
        """);
    String jar = "local:" + Path.of("target/sparkgpt.jar").toAbsolutePath();

    Ended first =
        await("first", submit("first", "--files", "run.yaml", jar, "pipeline", "run.yaml"));

    assertThat(first.status()).as(first.log() + first.report()).isEqualTo(SUCCEEDED);
    assertThat(first.exitCode()).isZero();
    assertThat(
            new Checkpoints(fs, new org.apache.hadoop.fs.Path("/runs/tiny/checkpoints"))
                .newestComplete())
        .hasValueSatisfying(checkpoint -> assertThat(checkpoint.step()).isEqualTo(4));
    assertThat(fs.listStatus(new org.apache.hadoop.fs.Path("/runs/tiny")))
        .as("the claim was given back")
        .noneMatch(file -> file.getPath().getName().startsWith("_running"));

    // The run file from HDFS: once as it is, which leaves nothing to do, once with a mistake.
    fs.copyFromLocalFile(
        new org.apache.hadoop.fs.Path(folder.resolve("run.yaml").toUri()),
        new org.apache.hadoop.fs.Path("/runs/run.yaml"));
    Process again = submit("again", jar, "pipeline", "hdfs:///runs/run.yaml");
    Process mistake = submit("mistake", jar, "pipeline", "hdfs:///runs/run.yaml", "train.stpes=30");
    Ended upToDate = await("again", again);
    Ended failed = await("mistake", mistake);

    assertThat(upToDate.status()).as(upToDate.log() + upToDate.report()).isEqualTo(SUCCEEDED);
    assertThat(upToDate.exitCode()).isZero();
    assertThat(failed.status()).isEqualTo(FAILED);
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.report().getDiagnostics())
        .contains("exit code 2: sparkgpt pipeline:")
        .contains("unknown key 'train.stpes'; did you mean 'train.steps'?");
  }
}
