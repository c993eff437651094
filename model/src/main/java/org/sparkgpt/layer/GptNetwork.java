package org.sparkgpt.layer;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.OpenMpSpin;

/**
 * Builds a GPT as an ordinary DL4J network, and reaches what is inside one. A step is {@code
 * network.fit(GptNetwork.batch(...))}: it computes the loss ({@code network.score()}) and the
 * gradient, clips it and applies AdamW with the rate of {@code network.getIterationCount()}.
 */
public final class GptNetwork {
  static {
    OpenMpSpin.limit(); // before ND4J loads OpenMP
  }

  private GptNetwork() {}

  /**
   * A network with GPT-2's initial weights.
   *
   * @param totalSteps where the learning rate's cosine ends
   * @param seed of the initial weights and of dropout
   */
  public static MultiLayerNetwork create(
      GptConfig config, AdamWConfig optimizer, long totalSteps, long seed, Execution execution) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(configuration(config, optimizer, totalSteps, seed, execution));
    network.init();
    return network;
  }

  /** Like {@link #create}, but all parameters are zero: for someone who brings others. */
  public static MultiLayerNetwork createBlank(
      GptConfig config, AdamWConfig optimizer, long totalSteps, long seed, Execution execution) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(configuration(config, optimizer, totalSteps, seed, execution));
    network.init(Nd4j.zeros(DataType.FLOAT, 1, ParameterLayout.of(config).length()), false);
    return network;
  }

  /** The DL4J configuration of {@link #create}'s network. */
  public static MultiLayerConfiguration configuration(
      GptConfig config, AdamWConfig optimizer, long totalSteps, long seed, Execution execution) {
    WarmupCosine rate =
        new WarmupCosine(
            optimizer.learningRate(),
            optimizer.minLearningRate(),
            optimizer.warmupSteps(),
            totalSteps);
    Adam adam = new Adam(rate);
    adam.setBeta1(optimizer.beta1());
    adam.setBeta2(optimizer.beta2());
    adam.setEpsilon(optimizer.epsilon());
    GptDecoder.Builder decoder =
        new GptDecoder.Builder(config)
            .execution(execution)
            .clipNorm(optimizer.clipNorm())
            .updater(adam);
    decoder.weightDecay(optimizer.weightDecay(), true);
    return new NeuralNetConfiguration.Builder()
        .seed(seed)
        .dataType(DataType.FLOAT)
        .miniBatch(false) // gradients are means over tokens already
        .trainingWorkspaceMode(WorkspaceMode.NONE) // activations are the decoder's own
        .inferenceWorkspaceMode(WorkspaceMode.NONE)
        .list()
        .layer(decoder.build())
        .build();
  }

  /** A minibatch; {@code ids} and {@code targets}, the token after each, are (B,T) row-major. */
  public static DataSet batch(int[] ids, int[] targets, int sequences, int time) {
    return new DataSet(
        Nd4j.createFromArray(ids).reshape('c', sequences, time),
        Nd4j.createFromArray(targets).reshape('c', sequences, time));
  }

  /** The decoder of a network made by {@link #create} or restored from a file. */
  public static GptDecoderLayer decoder(MultiLayerNetwork network) {
    if (network.getLayers().length == 1 && network.getLayer(0) instanceof GptDecoderLayer decoder) {
      return decoder;
    }
    throw new IllegalArgumentException("expected a network of one GptDecoder layer");
  }

  /** The network without DL4J, over the same parameters. */
  public static Gpt gpt(MultiLayerNetwork network) {
    return decoder(network).gpt();
  }

  /** The flat parameter vector in {@link ParameterLayout} order, shared: writing it changes it. */
  public static FloatBlock parameters(MultiLayerNetwork network) {
    return FloatBlock.of(network.params());
  }

  /** Adam's moments, shared: first those of the gradient, then those of its square. */
  public static FloatBlock updaterState(MultiLayerNetwork network) {
    INDArray state = network.getUpdater().getStateViewArray();
    return FloatBlock.of(state.reshape(state.length()));
  }

  /** L2 norm of the last step's gradient before clipping. */
  public static double gradientNorm(MultiLayerNetwork network) {
    return decoder(network).gradientNorm();
  }

  /** The learning rate of step {@code step}, counted from 0. */
  public static double learningRate(MultiLayerNetwork network, int step) {
    GptDecoder conf = decoder(network).layerConf();
    return conf.getIUpdater().getLearningRate(step, 0);
  }
}
