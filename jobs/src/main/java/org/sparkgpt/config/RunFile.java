package org.sparkgpt.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads a run file: {@code reference.yaml}, which lists every key with its default, then the user's
 * YAML over it, then {@code section.key=value} overrides, bound strictly to {@link RunConfig}. An
 * object is merged key by key, a list is replaced whole. A key that {@code reference.yaml} does not
 * have is an error that names the nearest one it has.
 */
public final class RunFile {
  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build())
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .build();

  private final String name;
  private final ObjectNode tree;

  private RunFile(String name, ObjectNode tree) {
    this.name = name;
    this.tree = tree;
  }

  /**
   * @param name how errors call the file
   * @param yaml its text
   * @param overrides {@code section.key=value}, the value in YAML
   * @throws IllegalArgumentException naming the file, the key and what was expected
   */
  public static RunFile parse(String name, String yaml, List<String> overrides) {
    ObjectNode tree = reference();
    ObjectNode known = reference();
    merge(tree, known, parseObject(name, yaml), "", name);
    for (String override : overrides) {
      int equals = override.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "'" + override + "': an override reads section.key=value, such as train.steps=100");
      }
      String key = override.substring(0, equals);
      merge(tree, known, nest(key, parseValue(override, equals)), "", "the command line");
    }
    return new RunFile(name, tree);
  }

  /** The settings, validated. */
  public RunConfig config() {
    try {
      return YAML.treeToValue(tree, RunConfig.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(name + ": " + explain(e), e);
    }
  }

  /** The resolved settings as YAML: what {@code --print-config} shows. */
  public String resolved() {
    try {
      return YAML.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every key with its default, as a fresh tree. */
  static ObjectNode reference() {
    try (InputStream in = RunFile.class.getResourceAsStream("reference.yaml")) {
      return (ObjectNode) YAML.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode parseObject(String name, String yaml) {
    JsonNode node;
    try {
      node = YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
      throw new IllegalArgumentException(
          name + where + ": not valid YAML: " + firstLine(e.getOriginalMessage()), e);
    }
    if (!(node instanceof ObjectNode object)) {
      throw new IllegalArgumentException(
          name + ": expected sections such as 'ingest:' and 'train:', found none");
    }
    return object;
  }

  private static JsonNode parseValue(String override, int equals) {
    try {
      JsonNode value = YAML.readTree(override.substring(equals + 1));
      return value.isMissingNode() ? YAML.nullNode() : value;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "'" + override + "': not a YAML value: " + firstLine(e.getOriginalMessage()), e);
    }
  }

  private static ObjectNode nest(String dottedKey, JsonNode value) {
    ObjectNode root = YAML.createObjectNode();
    ObjectNode at = root;
    String[] keys = dottedKey.split("\\.", -1);
    for (int i = 0; i < keys.length - 1; i++) {
      at = at.putObject(keys[i]);
    }
    at.set(keys[keys.length - 1], value);
    return root;
  }

  private static void merge(
      ObjectNode into, ObjectNode known, ObjectNode from, String path, String where) {
    for (Map.Entry<String, JsonNode> field : from.properties()) {
      String key = field.getKey();
      if (known.isEmpty()) {
        mergeNamed(into, key, field.getValue());
        continue;
      }
      JsonNode expected = known.get(key);
      if (expected == null) {
        throw new IllegalArgumentException(
            where
                + ": unknown key '"
                + path
                + key
                + "'; did you mean '"
                + path
                + NearestName.to(key, known.fieldNames())
                + "'?");
      }
      if (expected instanceof ObjectNode section) {
        if (!(field.getValue() instanceof ObjectNode values)) {
          throw new IllegalArgumentException(
              where + ": '" + path + key + "' is a section, expected keys below it");
        }
        merge((ObjectNode) into.get(key), section, values, path + key + ".", where);
      } else {
        into.set(key, field.getValue());
      }
    }
  }

  /** What the user gave a name: an object adds to an earlier one. */
  private static void mergeNamed(ObjectNode into, String name, JsonNode value) {
    if (into.get(name) instanceof ObjectNode before && value instanceof ObjectNode more) {
      before.setAll(more);
    } else {
      into.set(name, value);
    }
  }

  /** One line that names the key, whatever Jackson stumbled over. */
  private static String explain(JsonProcessingException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IllegalArgumentException) {
        return cause.getMessage(); // a record's own check: its message names the key
      }
    }
    if (!(e instanceof JsonMappingException mapping)) {
      return firstLine(e.getOriginalMessage());
    }
    String key = path(mapping.getPath());
    if (mapping instanceof UnrecognizedPropertyException unknown) {
      List<String> names = unknown.getKnownPropertyIds().stream().map(String::valueOf).toList();
      return "unknown key '"
          + key
          + "'; did you mean '"
          + NearestName.to(unknown.getPropertyName(), names.iterator())
          + "'?";
    }
    return key + ": " + firstLine(mapping.getOriginalMessage());
  }

  private static String path(List<JsonMappingException.Reference> references) {
    return references.stream()
        .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : "." + r.getFieldName())
        .collect(Collectors.joining())
        .replaceFirst("^\\.", "");
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
