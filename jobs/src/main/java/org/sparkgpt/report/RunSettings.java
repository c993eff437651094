package org.sparkgpt.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.stage.Environment;
import org.sparkgpt.train.TrainingStart;

/**
 * {@code training.json} beside the checkpoints: what the newest run in a directory was started
 * with. Fields: {@code formatVersion}, {@code started} (ISO 8601), {@code resumedFromStep}, {@code
 * application} (Spark's id), {@code parameters}, {@code threadsPerWorker}, {@code seed}, {@code
 * dataDigest}, {@code model}, {@code optimizer}, {@code train} (the run file's sections, resolved),
 * {@code versions}, {@code machine} (of the driver).
 */
final class RunSettings {
  static final String FILE = "training.json";
  private static final int FORMAT_VERSION = 1;
  private static final JsonMapper JSON = new JsonMapper();

  private RunSettings() {}

  static void write(TrainingStart start) throws IOException {
    ObjectNode settings = JSON.createObjectNode();
    settings.put("formatVersion", FORMAT_VERSION);
    settings.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    settings.put("resumedFromStep", start.step());
    settings.put("application", start.application());
    settings.put("parameters", start.parameters());
    settings.put("threadsPerWorker", start.threadsPerWorker());
    settings.put("seed", start.seed());
    settings.put("dataDigest", start.dataDigest());
    settings.set("model", JSON.valueToTree(start.model()));
    settings.set("optimizer", JSON.valueToTree(start.optimizer()));
    settings.set("train", JSON.valueToTree(start.train()));
    settings.set("versions", JSON.valueToTree(Environment.versions()));
    settings.set("machine", JSON.valueToTree(Environment.machine()));
    try (OutputStream out = start.fs().create(new Path(start.directory(), FILE), true)) {
      out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(settings));
    }
  }

  /** Every setting by its key, such as {@code model.layers}; none where there is no file. */
  static Map<String, String> read(FileSystem fs, Path directory) throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    Path file = new Path(directory, FILE);
    if (fs.exists(file)) {
      try (FSDataInputStream in = fs.open(file)) {
        flatten("", JSON.readTree(in.readAllBytes()), settings);
      }
    }
    return settings;
  }

  private static void flatten(String prefix, JsonNode node, Map<String, String> settings) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String key = prefix + field.getKey();
      if (field.getValue().isObject()) {
        flatten(key + ".", field.getValue(), settings);
      } else {
        settings.put(key, field.getValue().asText());
      }
    }
  }
}
