package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.files.HuggingFaceFiles;
import org.sparkgpt.files.HuggingFaceModel;
import org.sparkgpt.files.ModelCard;
import org.sparkgpt.generate.Generator;
import org.sparkgpt.kernel.Dtype;
import org.sparkgpt.kernel.Kernels;
import org.sparkgpt.tokenize.TokenizerFiles;

/**
 * Writes a trained model as a Hugging Face directory, then opens what it wrote and compares: logits
 * of the same tokens, and the tokenizer's digest. Only a copy that computes the same is a success.
 */
final class HuggingFaceExport {
  /** Weights are copied bit for bit; only the zeros written for missing biases may shift a sum. */
  private static final double TOLERANCE = 1e-5;

  private HuggingFaceExport() {}

  /**
   * @param facts what the model card says of the training
   * @return largest difference between a logit of the trained and of the exported model
   * @throws IllegalStateException if the exported model computes something else
   */
  static double write(
      TrainedModel trained,
      Map<String, String> facts,
      Kernels kernels,
      FileSystem fs,
      Path directory)
      throws IOException {
    ModelCard card = new ModelCard(trained.name(), facts);
    Map<String, byte[]> files =
        HuggingFaceFiles.of(trained.config(), trained.tokenizer().endOfText(), card);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      try (OutputStream out = fs.create(new Path(directory, file.getKey()))) {
        out.write(file.getValue());
      }
    }
    try (OutputStream out = fs.create(new Path(directory, HuggingFaceModel.WEIGHTS))) {
      new HuggingFaceModel(trained.config(), trained.parameters()).writeWeights(out);
    }
    TokenizerFiles.save(trained.tokenizer(), fs, directory);
    return compare(trained, TrainedModel.ofDirectory(directory), kernels);
  }

  private static double compare(TrainedModel trained, TrainedModel exported, Kernels kernels) {
    if (!exported.tokenizer().digest().equals(trained.tokenizer().digest())) {
      throw new IllegalStateException(
          exported.name() + ": the tokenizer read back is not the one that was trained with");
    }
    int[] tokens = new int[trained.config().context()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = i % trained.tokenizer().vocabularySize();
    }
    float[] expected = logits(trained, tokens, kernels);
    float[] found = logits(exported, tokens, kernels);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(expected[i] - found[i]));
    }
    if (!(difference <= TOLERANCE * Math.max(1, largest))) {
      throw new IllegalStateException(
          exported.name()
              + ": the model read back differs from the trained one by "
              + difference
              + " in a logit; the export is not usable");
    }
    return difference;
  }

  /** In 32 bits whatever the model was trained in: that is what the files hold. */
  private static float[] logits(TrainedModel model, int[] tokens, Kernels kernels) {
    return new Generator(model.config(), model.parameters(), kernels, Dtype.F32).logits(tokens);
  }
}
