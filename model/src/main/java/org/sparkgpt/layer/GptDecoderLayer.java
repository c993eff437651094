package org.sparkgpt.layer;

import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.sparkgpt.kernel.Dropout;
import org.sparkgpt.kernel.FloatBlock;

/**
 * What DL4J runs for a {@link GptDecoder}: minibatches go in, loss and gradients come out. Memory
 * beyond parameters and gradients is allocated at first use and reachable from this object only.
 */
public final class GptDecoderLayer extends BaseLayer<GptDecoder> implements IOutputLayer {
  private INDArray labels;
  private transient MicroBatches batches;
  private transient GptParameters gradientBlocks;
  private transient boolean scored; // whether score is that of the present input and labels
  private double gradientNorm = Double.NaN;

  GptDecoderLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  /** The network over this layer's parameters. */
  public Gpt gpt() {
    return batches().gpt();
  }

  private MicroBatches batches() {
    if (batches == null) {
      GptDecoder decoder = layerConf();
      FloatBlock parameters = FloatBlock.of(paramsFlattened);
      batches = new MicroBatches(new Gpt(decoder.config(), decoder.execution(), parameters));
    }
    return batches;
  }

  /** L2 norm of the whole gradient before clipping, of the last backward pass. */
  public double gradientNorm() {
    return gradientNorm;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    batches().tokens().read(input, labels, maskArray);
    differentiate(true);
    scored = true;
    double factor = clipFactor();
    if (factor < 1) {
      gradientsFlattened.muli(factor);
    }
    gradient = new DefaultGradient(gradientsFlattened);
    gradientViews.forEach((name, view) -> gradient.setGradientFor(gradientKey(name), view));
    return new Pair<>(gradient, null);
  }

  /**
   * The gradient of the mean loss over (B,T) tokens, not clipped, in the network's gradient vector;
   * also the score and {@link #gradientNorm}.
   *
   * @param changed whether parameters have changed since the last pass, other than by whoever
   *     filled {@link Gpt#roundedWeights} as well
   * @throws IllegalStateException if loss or gradient is not finite
   */
  void differentiate(int[] ids, int[] targets, int sequences, int time, boolean changed) {
    batches().tokens().read(ids, targets, sequences, time);
    scored = false; // DL4J's input, if there is any, is another
    differentiate(changed);
  }

  private void differentiate(boolean changed) {
    double rate = layerConf().config().dropout();
    Dropout dropout = new Dropout(rate, conf.getSeed()).at(getIterationCount());
    score = batches.backward(gradientBlocks, dropout, changed);
    gradientNorm = Math.sqrt(gpt().kernels().sumOfSquares(gradientBlocks.flat()));
    if (!Double.isFinite(score) || !Double.isFinite(gradientNorm)) {
      throw notFinite();
    }
  }

  /** The flat gradient vector. */
  FloatBlock gradients() {
    return gradientBlocks.flat();
  }

  /** What brings the last gradient down to the longest norm allowed; 1: it is shorter. */
  double clipFactor() {
    return Math.min(1, layerConf().clipNorm() / gradientNorm);
  }

  /**
   * The key of a parameter's gradient. DL4J's updater takes what stands before the last underscore
   * of {@code 0_name} for the layer's number, so the name must have none.
   */
  private static String gradientKey(String parameter) {
    return parameter.replace('_', '-');
  }

  private IllegalStateException notFinite() {
    String culprit =
        firstNotFinite(gpt().weights().flat())
            .map(name -> "parameter " + name)
            .or(() -> firstNotFinite(gradientBlocks.flat()).map(name -> "gradient of " + name))
            .orElse("loss");
    return new IllegalStateException(
        "iteration %d: loss %s, gradient norm %s; first value that is not finite: %s"
            .formatted(getIterationCount(), score, gradientNorm, culprit));
  }

  private Optional<String> firstNotFinite(FloatBlock flat) {
    return layerConf().layout().parameters().stream()
        .filter(p -> !isFinite(flat.slice(p.offset(), p.length())))
        .map(ParameterLayout.Parameter::name)
        .findFirst();
  }

  private boolean isFinite(FloatBlock block) {
    return Double.isFinite(gpt().kernels().sumOfSquares(block));
  }

  @Override
  public double computeScore(
      double regularization, boolean training, LayerWorkspaceMgr workspaceMgr) {
    if (!scored) {
      batches().tokens().read(input, labels, maskArray);
      score = batches.loss();
      scored = true;
    }
    return score + regularization;
  }

  /** Mean loss per token of each sequence [B,1]. */
  @Override
  public INDArray computeScoreForExamples(double regularization, LayerWorkspaceMgr workspaceMgr) {
    batches().tokens().read(input, labels, maskArray);
    double[] losses = batches.sequenceLosses();
    INDArray scores =
        workspaceMgr.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, losses.length, 1);
    for (int i = 0; i < losses.length; i++) {
      scores.putScalar(i, 0, losses[i] + regularization);
    }
    return scores;
  }

  /** Logits [B,T,V], without dropout. */
  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    TokenBatch tokens = batches().tokens();
    tokens.read(input);
    long[] shape = {tokens.sequences(), tokens.time(), layerConf().config().vocabulary()};
    INDArray logits =
        workspaceMgr.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, shape, 'c');
    batches.logits(FloatBlock.of(logits));
    return logits;
  }

  @Override
  public void setInput(INDArray input, LayerWorkspaceMgr workspaceMgr) {
    super.setInput(input, workspaceMgr);
    scored = false;
  }

  @Override
  public void setLabels(INDArray labels) {
    if (labels != this.labels) {
      scored = false;
    }
    this.labels = labels;
  }

  @Override
  public INDArray getLabels() {
    return labels;
  }

  @Override
  public boolean needsLabels() {
    return true;
  }

  @Override
  public void setParamsViewArray(INDArray parameters) {
    super.setParamsViewArray(parameters);
    close();
  }

  @Override
  public void setBackpropGradientsViewArray(INDArray gradients) {
    super.setBackpropGradientsViewArray(gradients);
    gradientBlocks = GptParameters.of(layerConf().config(), FloatBlock.of(gradients));
  }

  /** Copies the flat vector; DL4J's own would take it for column-major. */
  @Override
  public void setParams(INDArray parameters) {
    if (parameters != paramsFlattened) {
      paramsFlattened.assign(parameters.reshape(paramsFlattened.shape()));
    }
  }

  /** A parameter by its name, or by the key of its gradient. */
  @Override
  public INDArray getParam(String key) {
    INDArray parameter = params.get(key);
    return parameter != null ? parameter : byGradientKey(key);
  }

  private INDArray byGradientKey(String key) {
    return params.keySet().stream()
        .filter(name -> gradientKey(name).equals(key))
        .map(params::get)
        .findFirst()
        .orElse(null);
  }

  @Override
  public long numParams() {
    return paramsFlattened.length();
  }

  /** Gradients are means over tokens already. */
  @Override
  public boolean updaterDivideByMinibatch(String parameter) {
    return false;
  }

  /** None: weight decay acts on the update, the score is the loss alone. */
  @Override
  public double calcRegularizationScore(boolean backpropOnly) {
    return 0;
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void clear() {
    super.clear();
    labels = null;
    scored = false;
  }

  @Override
  public void close() {
    if (batches != null) {
      batches.gpt().close();
      batches = null;
    }
  }

  @Override
  @SuppressWarnings("deprecation") // declared so by DL4J's interface
  public int numLabels() {
    return layerConf().config().vocabulary();
  }

  @Override
  public double f1Score(DataSet data) {
    throw unsupported();
  }

  @Override
  public double f1Score(INDArray examples, INDArray labels) {
    throw unsupported();
  }

  @Override
  public int[] predict(INDArray examples) {
    throw unsupported();
  }

  @Override
  public List<String> predict(DataSet data) {
    throw unsupported();
  }

  @Override
  public void fit(DataSetIterator data) {
    throw unsupported();
  }

  @Override
  public void fit(INDArray examples, INDArray labels) {
    throw unsupported();
  }

  @Override
  public void fit(DataSet data) {
    throw unsupported();
  }

  @Override
  public void fit(INDArray examples, int[] labels) {
    throw unsupported();
  }

  private static UnsupportedOperationException unsupported() {
    return new UnsupportedOperationException("not for a layer; use the network that holds it");
  }
}
