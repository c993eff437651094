package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.parser.CronParser;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.apache.spark.internal.config.ConfigEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkgpt.config.RunFile;
import org.sparkgpt.stage.Environment;
import picocli.CommandLine;
import scala.collection.JavaConverters;

/** What {@code conf/examples} names exists in this build, and is written as its reader wants it. */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("../conf/examples");
  private static final YAMLMapper YAML = new YAMLMapper();

  /**
   * Of Spark on Kubernetes, whose module this build does not have: from Spark 3.5's documentation.
   */
  private static final Set<String> KUBERNETES_SETTINGS =
      Set.of(
          "spark.kubernetes.namespace",
          "spark.kubernetes.container.image",
          "spark.kubernetes.authenticate.driver.serviceAccountName");

  /** Parameters of Airflow's SparkSubmitOperator that an example may use: provider 4 and 5. */
  private static final Set<String> AIRFLOW_PARAMETERS =
      Set.of(
          "task_id",
          "conn_id",
          "deploy_mode",
          "name",
          "application",
          "java_class",
          "application_args",
          "conf",
          "num_executors",
          "executor_cores",
          "executor_memory",
          "driver_memory");

  private static String read(String example) throws IOException {
    return Files.readString(EXAMPLES.resolve(example));
  }

  // --- what every example comes down to
  // -----------------------------------------------------------

  /** Main class, command and settings of a submission, as Spark's own parser and ours read them. */
  private static void requireRunnable(String mainClass, List<String> arguments) {
    assertThat(mainClass).isEqualTo(SparkGpt.class.getName());
    CommandLine.ParseResult command =
        SparkGpt.commandLine().parseArgs(arguments.toArray(String[]::new));
    assertThat(command.hasSubcommand()).isTrue();
    List<String> overrides =
        arguments.stream().filter(a -> a.matches("[a-z]+(\\.[A-Za-z]+)*=.*")).toList();
    RunFile.parse("example", "output: hdfs:///runs/mine\n", overrides).config();
  }

  private static void requireSparkSettings(Iterable<String> keys) {
    // Spark registers an entry when the object that declares it is first touched.
    assertThat(org.apache.spark.internal.config.package$.MODULE$).isNotNull();
    assertThat(org.apache.spark.deploy.yarn.config.package$.MODULE$).isNotNull();
    for (String key : keys) {
      assertThat(ConfigEntry.findEntry(key) != null || KUBERNETES_SETTINGS.contains(key))
          .as("Spark has a setting " + key)
          .isTrue();
    }
  }

  private static void requireSubmittable(List<String> sparkSubmit) {
    List<String> arguments = sparkSubmit.subList(1, sparkSubmit.size());
    assertThat(sparkSubmit.get(0)).endsWith("/bin/spark-submit");
    SparkSubmitArguments parsed =
        new SparkSubmitArguments(
            JavaConverters.asScalaBuffer(arguments).toSeq(),
            scala.collection.immutable.Map$.MODULE$
                .<String, String>empty()
                .updated("HADOOP_CONF_DIR", "/etc/hadoop/conf"));
    assertThat(parsed.deployMode()).isEqualTo("cluster");
    requireRunnable(
        parsed.mainClass(), new ArrayList<>(JavaConverters.seqAsJavaList(parsed.childArgs())));
    requireSparkSettings(
        JavaConverters.mapAsJavaMap(parsed.sparkProperties()).keySet().stream()
            .map(String::valueOf)
            .toList());
  }

  private static void requireCron(String schedule) {
    new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
        .parse(schedule)
        .validate();
  }

  // --- Kubernetes
  // ---------------------------------------------------------------------------------

  private static List<String> violations(JsonNode manifest) throws IOException {
    try (InputStream in =
        ExamplesTest.class.getResourceAsStream("/examples/spark-operator.schema.json")) {
      JsonSchema schema =
          JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
      return schema.validate(manifest).stream().map(ValidationMessage::getMessage).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kubernetes.yaml", "kubernetes-scheduled.yaml"})
  void manifestsFitTheOperatorsSchema(String example) throws IOException {
    JsonNode manifest = YAML.readTree(read(example));

    assertThat(violations(manifest)).isEmpty();
    JsonNode spec = manifest.get("spec");
    if (spec.has("schedule")) {
      requireCron(spec.get("schedule").asText());
      spec = spec.get("template");
    }
    assertThat(spec.get("sparkVersion").asText()).isEqualTo(Environment.versions().get("spark"));
    requireRunnable(
        spec.get("mainClass").asText(),
        StreamSupport.stream(spec.get("arguments").spliterator(), false)
            .map(JsonNode::asText)
            .toList());
    List<String> settings = new ArrayList<>();
    spec.get("sparkConf").fieldNames().forEachRemaining(settings::add);
    requireSparkSettings(settings);
  }

  @Test
  void schemaRefusesMisspeltAndMistypedFields() throws IOException {
    String good = read("kubernetes.yaml");

    for (Map.Entry<String, String> mistake :
        Map.of(
                "onFailureRetries: 3", "onFailureRetry: 3",
                "instances: 4", "instances: four",
                "memoryOverhead: 8g", "memoryOverHead: 8g",
                "type: OnFailure", "type: Sometimes",
                "spark.task.cpus: \"8\"", "spark.task.cpus: 8",
                "sparkVersion: 3.5.5", "# none")
            .entrySet()) {
      assertThat(good).contains(mistake.getKey());
      JsonNode bad = YAML.readTree(good.replace(mistake.getKey(), mistake.getValue()));
      assertThat(violations(bad)).as(mistake.getValue()).isNotEmpty();
    }
  }

  @Test
  void kubernetesSubmitLineIsOne() throws IOException {
    String script = read("kubernetes-submit.sh");
    String command = script.substring(script.indexOf("exec ") + 5).replace("\\\n", " ");
    requireSubmittable(
        words(
            command
                .strip()
                .replace("$SPARK_HOME", "/opt/spark")
                .replace("$1", "https://api:6443")));
  }

  // --- cron
  // ---------------------------------------------------------------------------------------

  @Test
  void crontabHasOneEntryThatIsScheduledAndSubmittable() throws IOException {
    Map<String, String> environment = new HashMap<>();
    List<String> entries = new ArrayList<>();
    for (String line : read("crontab").lines().toList()) {
      if (line.matches("[A-Z_]+=.*")) {
        environment.put(
            line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        entries.add(line);
      }
    }

    assertThat(entries).hasSize(1);
    assertThat(environment).containsKeys("SPARK_HOME", "HADOOP_CONF_DIR");
    String[] fields = entries.get(0).split(" ", 6);
    requireCron(String.join(" ", List.of(fields).subList(0, 5)));
    assertThat(fields[5]).as("cron reads % as the end of the line").doesNotContain("%");
    String command = fields[5].substring(0, fields[5].indexOf(" >>"));
    requireSubmittable(words(command.replace("$SPARK_HOME", environment.get("SPARK_HOME"))));
  }

  /** Words of a shell command without substitutions: blanks part them, double quotes join. */
  private static List<String> words(String command) {
    return Pattern.compile("(?:\"[^\"]*\"|[^\\s\"])+")
        .matcher(command)
        .results()
        .map(word -> word.group().replace("\"", ""))
        .toList();
  }

  // --- Airflow
  // ------------------------------------------------------------------------------------

  @Test
  void airflowTasksAreScheduledAndSubmittable() throws IOException {
    String dag = read("airflow_sparkgpt.py");

    requireBalanced(dag);
    assertThat(dag)
        .contains(
            "from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator");
    requireCron(only(dag, "schedule=\"([^\"]*)\""));
    List<String> tasks =
        Pattern.compile("= SparkSubmitOperator\\(\n(.*?)\n    \\)", Pattern.DOTALL)
            .matcher(dag)
            .results()
            .map(task -> task.group(1))
            .toList();
    assertThat(tasks).hasSize(2);
    for (String task : tasks) {
      assertThat(Pattern.compile("^ {8}(\\w+)=", Pattern.MULTILINE).matcher(task).results())
          .extracting(parameter -> parameter.group(1))
          .doesNotHaveDuplicates()
          .isSubsetOf(AIRFLOW_PARAMETERS);
      List<String> arguments = new ArrayList<>();
      literal(only(task, "application_args=(\\[.*?\\]),"))
          .forEach(argument -> arguments.add(argument.asText()));
      requireRunnable(only(task, "java_class=\"([^\"]*)\""), arguments);
      List<String> settings = new ArrayList<>();
      literal(only(task, "conf=(\\{.*?\\}),")).fieldNames().forEachRemaining(settings::add);
      requireSparkSettings(settings);
    }
  }

  private static String only(String text, String pattern) {
    List<MatchResult> found =
        Pattern.compile(pattern, Pattern.DOTALL).matcher(text).results().toList();
    assertThat(found).as(pattern).hasSize(1);
    return found.get(0).group(1);
  }

  /** Python's lists and dictionaries of double-quoted strings are JSON but for the last comma. */
  private static JsonNode literal(String python) throws IOException {
    return JsonMapper.builder()
        .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
        .build()
        .readTree(python);
  }

  /** Brackets and quotes close in order; lines are indented by fours outside of brackets. */
  private static void requireBalanced(String python) {
    Deque<Character> open = new ArrayDeque<>();
    String code = python.replaceAll("(?s)\"\"\".*?\"\"\"", "").replaceAll("\"[^\"\n]*\"", "''");
    assertThat(code).as("unclosed quotes").doesNotContain("\"");
    for (String line : code.lines().map(l -> l.replaceAll("#.*", "")).toList()) {
      if (open.isEmpty() && !line.isBlank()) {
        assertThat((line.length() - line.stripLeading().length()) % 4).as(line).isZero();
      }
      for (char c : line.toCharArray()) {
        switch (c) {
          case '(' -> open.push(')');
          case '[' -> open.push(']');
          case '{' -> open.push('}');
          case ')', ']', '}' -> assertThat(open.poll()).as(line).isEqualTo(c);
          default -> {}
        }
      }
    }
    assertThat(open).as("brackets left open").isEmpty();
  }
}
