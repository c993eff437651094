package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.CheckpointManifest;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.GptNetwork;

/**
 * Writes a checkpoint as the file that DL4J's {@code ModelSerializer.restoreMultiLayerNetwork}
 * opens: configuration, parameters, the iteration that comes next, and AdamW's state, where workers
 * have their own the mean over them. What the outer optimizer keeps has no place there. The file
 * gets its name once it has been restored and computes the same.
 *
 * <p>Whoever restores it needs this build's {@code sparkgpt-model} on the class path, with what it
 * depends on: the decoder is a layer of ours.
 */
final class Dl4jExport {
  static final String FILE = "dl4j-model.zip";

  /** {@code ModelSerializer} reads each part of a file into one array of bytes. */
  private static final long LONGEST_PART = Integer.MAX_VALUE - 4096L;

  private static final int PIECE = 1 << 20;

  private Dl4jExport() {}

  /**
   * @param execution how the restored network is run, until someone sets it otherwise
   * @return largest difference between a logit before and after
   * @throws IllegalStateException if the restored network is another one
   */
  static double write(Checkpoint checkpoint, Execution execution, FileSystem fs, Path directory)
      throws IOException {
    long bytes = checkpoint.manifest().parameters() * Float.BYTES;
    if (bytes > LONGEST_PART) {
      throw new IllegalArgumentException(
          "export.format: dl4j holds at most 2 GiB of parameters, "
              + checkpoint.path()
              + " has "
              + bytes
              + " bytes; leave it at huggingface");
    }
    FloatBlock parameters = checkpoint.readParameters();
    Optional<FloatBlock> moments =
        2 * bytes > LONGEST_PART ? Optional.empty() : checkpoint.readMoments();
    Path unfinished = new Path(directory, FILE + ".tmp");
    float[] expected;
    MultiLayerNetwork network = network(checkpoint.manifest(), execution);
    try (OutputStream out = fs.create(unfinished)) {
      GptNetwork.parameters(network).copyFrom(parameters);
      moments.ifPresent(values -> GptNetwork.updaterState(network).copyFrom(values));
      ModelSerializer.writeModel(network, out, moments.isPresent());
      expected = logits(network, checkpoint.model());
    } finally {
      close(network);
    }
    double difference = restore(fs, unfinished, checkpoint, parameters, moments, expected);
    Path file = new Path(directory, FILE);
    if (!fs.rename(unfinished, file)) {
      throw new IOException("cannot rename " + unfinished + " to " + file);
    }
    return difference;
  }

  private static MultiLayerNetwork network(CheckpointManifest manifest, Execution execution) {
    MultiLayerNetwork network =
        GptNetwork.createBlank(
            manifest.model(),
            manifest.optimizer(),
            manifest.train().path("steps").asLong(),
            manifest.seed(),
            execution);
    network.setIterationCount(manifest.step());
    network.setEpochCount(Math.toIntExact(manifest.epoch()));
    return network;
  }

  private static double restore(
      FileSystem fs,
      Path file,
      Checkpoint checkpoint,
      FloatBlock parameters,
      Optional<FloatBlock> moments,
      float[] expected)
      throws IOException {
    MultiLayerNetwork restored;
    try (InputStream in = fs.open(file)) {
      restored = ModelSerializer.restoreMultiLayerNetwork(in, moments.isPresent());
    }
    try {
      require(file, restored.getIterationCount() == checkpoint.step(), "iteration count");
      require(file, equal(GptNetwork.parameters(restored), parameters), "parameters");
      moments.ifPresent(
          m -> require(file, equal(GptNetwork.updaterState(restored), m), "updater state"));
      float[] found = logits(restored, checkpoint.model());
      double difference = 0;
      for (int i = 0; i < expected.length; i++) {
        difference = Math.max(difference, Math.abs(expected[i] - found[i]));
      }
      require(file, difference == 0, "logits");
      return difference;
    } finally {
      close(restored);
    }
  }

  private static void require(Path file, boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(
          file + ": the network restored from it has other " + what + " than the checkpoint");
    }
  }

  private static boolean equal(FloatBlock a, FloatBlock b) {
    boolean equal = a.length() == b.length();
    for (long at = 0; equal && at < a.length(); at += PIECE) {
      int count = (int) Math.min(PIECE, a.length() - at);
      equal = java.util.Arrays.equals(a.toArray(at, count), b.toArray(at, count));
    }
    return equal;
  }

  /** Of the vocabulary's first tokens. */
  private static float[] logits(MultiLayerNetwork network, GptConfig config) {
    int[] ids = new int[config.context()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i % config.vocabulary();
    }
    try (INDArray logits = network.output(Nd4j.createFromArray(ids).reshape('c', 1, ids.length))) {
      return logits.reshape(logits.length()).toFloatVector();
    }
  }

  private static void close(MultiLayerNetwork network) {
    GptNetwork.decoder(network).close();
    network.close();
  }
}
