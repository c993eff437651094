package org.sparkgpt.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;

/**
 * A GPT-2 as a Hugging Face directory holds it: {@code config.json} and {@code model.safetensors}.
 *
 * @param config shape of the model
 * @param parameters all parameters, laid out as {@link ParameterLayout#of} says
 */
public record HuggingFaceModel(GptConfig config, FloatBlock parameters) {
  public static final String CONFIG = "config.json";
  public static final String WEIGHTS = "model.safetensors";

  /** transformers saves GPT-2 inside its language-model class, OpenAI's checkpoint is bare. */
  private static final String PREFIX = "transformer.";

  /** Causal masks that old checkpoints store, and the head, which is the tied embedding again. */
  private static final Pattern REDUNDANT =
      Pattern.compile("h\\.\\d+\\.attn\\.(bias|masked_bias)|lm_head\\.weight");

  public HuggingFaceModel {
    long expected = ParameterLayout.of(config).length();
    if (parameters.length() != expected) {
      throw new IllegalArgumentException(
          "the model has " + expected + " parameters, got a block of " + parameters.length());
    }
  }

  /**
   * Writes {@code model.safetensors}: bare names, weights as [in,out], zeros for the biases of a
   * model that has none, because readers of GPT-2 expect them; of the token embedding, the rows of
   * the vocabulary without those that pad it. {@code out} stays open.
   */
  public void writeWeights(OutputStream out) throws IOException {
    Map<String, ParameterLayout.Parameter> ours = byName(ParameterLayout.of(config));
    List<Safetensors.Tensor> tensors = new ArrayList<>();
    for (ParameterLayout.Parameter p : ParameterLayout.of(asStored(config)).parameters()) {
      FloatBlock values =
          ours.containsKey(p.name())
              ? parameters.slice(ours.get(p.name()).offset(), p.length())
              : FloatBlock.allocate(p.length());
      tensors.add(new Safetensors.Tensor(p.name(), shape(p), values));
    }
    Safetensors.write(out, tensors);
  }

  /**
   * Opens a directory that this class, transformers or OpenAI wrote.
   *
   * @throws IllegalArgumentException if a file is missing or it holds another kind of model
   * @throws IOException if a file can't be read or is damaged
   */
  public static HuggingFaceModel read(ModelDirectory directory) throws IOException {
    String configSource = directory.location() + "/" + CONFIG;
    GptConfig config;
    try (InputStream in = open(directory, CONFIG)) {
      config = HuggingFaceConfig.read(in.readAllBytes(), configSource);
    }
    try (InputStream in = open(directory, WEIGHTS)) {
      String source = directory.location() + "/" + WEIGHTS;
      FloatBlock parameters = readWeights(in, directory.length(WEIGHTS), config, source);
      return new HuggingFaceModel(config, parameters);
    }
  }

  /**
   * Reads a GPT-2's safetensors into a flat parameter vector.
   *
   * @param fileBytes size of the file
   * @param config shape it must have, with biases
   * @param source how errors call the file
   * @throws IllegalArgumentException naming the first tensor that is missing, unknown or has
   *     another shape than {@code config} gives it
   */
  public static FloatBlock readWeights(
      InputStream in, long fileBytes, GptConfig config, String source) throws IOException {
    SafetensorsHeader header = SafetensorsHeader.read(in, fileBytes, source);
    ParameterLayout layout = ParameterLayout.of(config);
    checkTensors(header, layout, source);
    FloatBlock parameters = FloatBlock.allocate(layout.length());
    Map<String, ParameterLayout.Parameter> byName = byName(layout);
    Safetensors.readData(
        in,
        header,
        entry ->
            Optional.ofNullable(byName.get(bareName(entry.name())))
                .map(p -> parameters.slice(p.offset(), p.length())),
        source);
    return parameters;
  }

  private static InputStream open(ModelDirectory directory, String name) throws IOException {
    try {
      return directory.open(name);
    } catch (NoSuchFileException | FileNotFoundException e) { // java.nio's and Hadoop's
      throw new IllegalArgumentException(
          directory.location() + " has no " + name + ": expected a Hugging Face model directory",
          e);
    }
  }

  private static void checkTensors(
      SafetensorsHeader header, ParameterLayout layout, String source) {
    Map<String, ParameterLayout.Parameter> missing = byName(layout);
    for (SafetensorsHeader.Entry entry : header.entries()) {
      String name = bareName(entry.name());
      ParameterLayout.Parameter expected = missing.remove(name);
      if (expected == null && REDUNDANT.matcher(name).matches()) {
        continue;
      }
      if (expected == null) {
        throw wrong(source, entry.name() + " " + entry.shape() + " is not a tensor of this model");
      }
      if (!entry.shape().equals(shape(expected))) {
        String shapes = "expected shape " + shape(expected) + ", found " + entry.shape();
        throw wrong(source, entry.name() + ": " + shapes);
      }
    }
    for (ParameterLayout.Parameter p : layout.parameters()) {
      if (missing.containsKey(p.name())) {
        throw wrong(source, "tensor " + p.name() + " " + shape(p) + " is missing");
      }
    }
  }

  private static IllegalArgumentException wrong(String source, String what) {
    return new IllegalArgumentException(source + ": " + what + "; does config.json belong to it?");
  }

  private static String bareName(String name) {
    return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
  }

  private static Map<String, ParameterLayout.Parameter> byName(ParameterLayout layout) {
    Map<String, ParameterLayout.Parameter> byName = new HashMap<>();
    layout.parameters().forEach(p -> byName.put(p.name(), p));
    return byName;
  }

  private static List<Long> shape(ParameterLayout.Parameter parameter) {
    return parameter.shape().stream().map(Integer::longValue).toList();
  }

  /** The shape that the file has: with biases, without padding. */
  private static GptConfig asStored(GptConfig c) {
    return new GptConfig(
        c.vocabulary(),
        c.context(),
        c.layers(),
        c.heads(),
        c.embd(),
        c.dropout(),
        true,
        c.activation(),
        null,
        DtypeChoice.F32);
  }
}
