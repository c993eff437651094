package org.sparkgpt.quality;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A trained classifier: score = 1 / (1 + exp(-(intercept + sum of the weights of the text's
 * words))), a word counted as often as it occurs.
 *
 * <p>{@code _model/model.json}, in this order:
 *
 * <ul>
 *   <li>{@code formatVersion}: {@value #FORMAT_VERSION}
 *   <li>{@code features}: how words become features, {@value #FEATURES}: see {@link WordFeatures}
 *   <li>{@code featureCount}: 262144
 *   <li>{@code intercept}
 *   <li>{@code indices}: ascending, of the weights that are not 0
 *   <li>{@code weights}: of these
 * </ul>
 *
 * Numbers are written such that they read back to the same bits.
 */
public final class QualityModel implements Serializable {
  static final int FORMAT_VERSION = 1;
  static final String FEATURES = "lower-cased words, murmur3-32 seed 42";

  private static final String FILE = "_model/model.json";
  private static final JsonMapper JSON = new JsonMapper();

  private final double intercept;
  private final double[] weights;

  /**
   * @param weights of all features
   */
  QualityModel(double intercept, double[] weights) {
    if (weights.length != WordFeatures.COUNT) {
      throw new IllegalArgumentException(
          "a model has " + WordFeatures.COUNT + " weights, got " + weights.length);
    }
    this.intercept = intercept;
    this.weights = weights.clone();
  }

  /** Of one text, 0 (raw) to 1 (good). Words are added in their order, so the bits are fixed. */
  double score(String text, WordFeatures words) {
    double sum = intercept;
    words.read(text);
    for (int feature = words.next(); feature >= 0; feature = words.next()) {
      sum += weights[feature];
    }
    return 1 / (1 + StrictMath.exp(-sum));
  }

  /** Writes {@code _model/model.json} into the stage's output. */
  public void save(FileSystem fs, Path directory) {
    ObjectNode tree = JSON.createObjectNode();
    tree.put("formatVersion", FORMAT_VERSION);
    tree.put("features", FEATURES);
    tree.put("featureCount", WordFeatures.COUNT);
    tree.put("intercept", intercept);
    var indices = tree.putArray("indices");
    var values = tree.putArray("weights");
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] != 0) {
        indices.add(i);
        values.add(weights[i]);
      }
    }
    Path file = new Path(directory, FILE);
    try (OutputStream out = fs.create(file, true)) {
      out.write(JSON.writeValueAsBytes(tree));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " could not be written: " + e.getMessage(), e);
    }
  }

  /** The file that {@link #load} reads, for who wants to know whether it changed. */
  public static Path file(Path directory) {
    return new Path(directory, FILE);
  }

  /**
   * The model that {@link #save} wrote, to the bit.
   *
   * @throws IllegalArgumentException if there is none, or another build's, or a damaged one
   */
  public static QualityModel load(FileSystem fs, Path directory) {
    Path file = file(directory);
    try (InputStream in = fs.open(file)) {
      return parse(file, JSON.readTree(in));
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(
          directory
              + ": no quality model here ("
              + FILE
              + "); name the quality directory of a run that trained one",
          e);
    } catch (JsonProcessingException e) {
      throw damaged(file, e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static QualityModel parse(Path file, JsonNode tree) {
    int version = tree.path("formatVersion").asInt(-1);
    if (version != FORMAT_VERSION
        || !FEATURES.equals(tree.path("features").asText())
        || tree.path("featureCount").asInt() != WordFeatures.COUNT) {
      throw new IllegalArgumentException(
          file
              + ": format "
              + version
              + " with features '"
              + tree.path("features").asText()
              + "', this build reads "
              + FORMAT_VERSION
              + " with '"
              + FEATURES
              + "'; train it again: scripts/sparkgpt quality <run.yaml> --overwrite");
    }
    JsonNode indices = tree.path("indices");
    JsonNode values = tree.path("weights");
    if (!tree.path("intercept").isNumber() || indices.size() != values.size()) {
      throw damaged(file, indices.size() + " indices, " + values.size() + " weights");
    }
    double[] weights = new double[WordFeatures.COUNT];
    for (int i = 0; i < indices.size(); i++) {
      int index = indices.get(i).asInt(-1);
      if (index < 0 || index >= weights.length || !values.get(i).isNumber()) {
        throw damaged(file, "entry " + i + " is " + indices.get(i) + ": " + values.get(i));
      }
      weights[index] = values.get(i).asDouble();
    }
    return new QualityModel(tree.path("intercept").asDouble(), weights);
  }

  private static IllegalArgumentException damaged(Path file, String what) {
    return new IllegalArgumentException(
        file
            + ": damaged ("
            + what
            + "); train it again: scripts/sparkgpt quality <run.yaml> --overwrite");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof QualityModel model
        && Double.doubleToLongBits(intercept) == Double.doubleToLongBits(model.intercept)
        && Arrays.equals(weights, model.weights);
  }

  @Override
  public int hashCode() {
    return 31 * Double.hashCode(intercept) + Arrays.hashCode(weights);
  }
}
