package org.sparkgpt.layer;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.sparkgpt.kernel.AdamWStep;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.kernel.Kernels;

/**
 * Training steps of a DL4J network of one {@link GptDecoder} without DL4J's updater: what {@code
 * network.fit} does, up to rounding, but clipping, moments, decay and update in one pass over
 * memory, and nothing allocated outside the heap. Rates, betas, decay and the clip norm are those
 * of the network's configuration, the moments are DL4J's updater state, and iteration count, score
 * and gradient norm end as {@code fit} leaves them; so the two may take turns. Only the gradient
 * vector differs: it is not clipped.
 *
 * <p>Serves one thread at a time.
 */
public final class TrainingStep {
  private final MultiLayerNetwork network;
  private final GptDecoderLayer decoder;
  private final List<Run> runs = new ArrayList<>();
  private INDArray boundState; // the vectors that the runs are cut from
  private FloatBlock boundParameters;
  private FloatBlock boundGradients;
  private int ownIteration = -1; // that our last update led to; parameters are as we left them

  /** Neighbouring parameters under the same decay, as slices of the flat vectors. */
  private record Run(
      FloatBlock parameters,
      FloatBlock rounded,
      FloatBlock firstMoments,
      FloatBlock secondMoments,
      FloatBlock gradients,
      boolean decayed) {}

  /**
   * @param network initialized; its gradient vector and updater state are made if it has none yet
   * @throws IllegalArgumentException if it is no network of one decoder, or its updater is not Adam
   */
  public TrainingStep(MultiLayerNetwork network) {
    this.network = network;
    this.decoder = GptNetwork.decoder(network);
    if (network.getFlattenedGradients() == null) {
      network.initGradientsView();
    }
    adam();
    decay();
    bind();
  }

  /**
   * One AdamW step, that of the network's iteration count.
   *
   * @param ids (B,T), row-major; may be longer
   * @param targets (B,T), the token after each
   * @param sequences B
   * @param time T, at most the context
   * @return mean loss per token before the step, in nats
   * @throws IllegalArgumentException if the sizes or an id don't fit the network
   * @throws IllegalStateException if loss or gradient is not finite; no parameter has changed then
   */
  public double run(int[] ids, int[] targets, int sequences, int time) {
    bind();
    differentiate(ids, targets, sequences, time);
    update();
    int iteration = network.getIterationCount();
    for (TrainingListener listener : network.getListeners()) {
      listener.iterationDone(network, iteration, network.getEpochCount());
    }
    network.setIterationCount(iteration + 1);
    ownIteration = iteration + 1;
    return network.score();
  }

  /**
   * The gradient alone, of the mean loss and not clipped, in the network's gradient vector.
   *
   * @return mean loss per token, in nats
   * @throws IllegalStateException if loss or gradient is not finite
   */
  public double differentiate(int[] ids, int[] targets, int sequences, int time) {
    decoder.setIterationCount(network.getIterationCount());
    boolean changed = network.getIterationCount() != ownIteration;
    decoder.differentiate(ids, targets, sequences, time, changed);
    ownIteration = network.getIterationCount();
    network.setScore(decoder.score());
    return network.score();
  }

  /**
   * To be called when something else than this object has changed the parameters at the same
   * iteration; {@code network.fit} goes on to another, which is noticed.
   */
  public void parametersChanged() {
    ownIteration = -1;
  }

  private void update() {
    Adam adam = adam();
    int iteration = network.getIterationCount();
    double rate = adam.getLearningRate(iteration, network.getEpochCount());
    double t = iteration + 1; // Kingma and Ba count from 1
    double stepSize =
        rate * Math.sqrt(1 - Math.pow(adam.getBeta2(), t)) / (1 - Math.pow(adam.getBeta1(), t));
    AdamWStep decayed =
        new AdamWStep(
            stepSize,
            decay(rate, iteration),
            adam.getBeta1(),
            adam.getBeta2(),
            adam.getEpsilon(),
            decoder.clipFactor());
    AdamWStep plain = decayed.withoutDecay();
    Kernels kernels = decoder.gpt().kernels();
    for (Run run : runs) {
      kernels.adamW(
          run.parameters(),
          run.rounded(),
          run.firstMoments(),
          run.secondMoments(),
          run.gradients(),
          run.decayed() ? decayed : plain);
    }
  }

  private Adam adam() {
    if (decoder.layerConf().getIUpdater() instanceof Adam adam) {
      return adam;
    }
    throw new IllegalArgumentException(
        "a TrainingStep needs the updater Adam, the network has "
            + decoder.layerConf().getIUpdater());
  }

  /** What a decayed parameter loses in this step, relative to itself. */
  private double decay(double rate, int iteration) {
    WeightDecay decay = decay();
    if (decay == null) {
      return 0;
    }
    double coefficient = decay.getCoeff().valueAt(iteration, network.getEpochCount());
    return decay.isApplyLR() ? rate * coefficient : coefficient;
  }

  /** DL4J's regularization of matrices; null: none. That of other parameters must be empty. */
  private WeightDecay decay() {
    GptDecoder conf = decoder.layerConf();
    List<Regularization> matrices = conf.getRegularization();
    List<Regularization> others = conf.getRegularizationBias();
    if (matrices != null && !matrices.isEmpty()) {
      if (matrices.size() == 1
          && matrices.get(0) instanceof WeightDecay decay
          && (others == null || others.isEmpty())) {
        return decay;
      }
    } else if (others == null || others.isEmpty()) {
      return null;
    }
    throw new IllegalArgumentException(
        "a TrainingStep needs WeightDecay on matrices or none, the network has "
            + matrices
            + " and on biases "
            + others);
  }

  /** Cuts the runs anew if DL4J has replaced one of the vectors. */
  private void bind() {
    INDArray state = network.getUpdater().getStateViewArray();
    FloatBlock parameters = decoder.gpt().weights().flat();
    FloatBlock gradients = decoder.gradients();
    if (state == boundState && parameters == boundParameters && gradients == boundGradients) {
      return;
    }
    FloatBlock moments = GptNetwork.updaterState(network);
    FloatBlock rounded = decoder.gpt().roundedWeights();
    long length = parameters.length();
    runs.clear();
    List<ParameterLayout.Parameter> layout = decoder.layerConf().layout().parameters();
    for (int first = 0, next = 0; first < layout.size(); first = next) {
      boolean decayed = layout.get(first).decayed();
      while (next < layout.size() && layout.get(next).decayed() == decayed) {
        next++;
      }
      long from = layout.get(first).offset();
      long to = next < layout.size() ? layout.get(next).offset() : length;
      runs.add(
          new Run(
              parameters.slice(from, to - from),
              rounded == null ? null : rounded.slice(from, to - from),
              moments.slice(from, to - from),
              moments.slice(length + from, to - from),
              gradients.slice(from, to - from),
              decayed));
    }
    boundState = state;
    boundParameters = parameters;
    boundGradients = gradients;
    parametersChanged();
  }
}
