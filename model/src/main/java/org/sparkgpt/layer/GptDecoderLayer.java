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
 * What DL4J runs for a {@link GptDecoder}: it cuts a minibatch into micro-batches for {@link Gpt}
 * and hands the gradients over. Memory beyond parameters and gradients is allocated at first use
 * and reachable from this object only.
 */
public final class GptDecoderLayer extends BaseLayer<GptDecoder> implements IOutputLayer {
  private INDArray labels;
  private transient Gpt gpt;
  private transient GptParameters gradientBlocks;
  private transient TokenBatch tokens;
  private transient boolean scored; // whether score is that of the present input and labels
  private double gradientNorm = Double.NaN;

  GptDecoderLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  /** The network over this layer's parameters. */
  public Gpt gpt() {
    if (gpt == null) {
      GptDecoder decoder = layerConf();
      FloatBlock parameters = FloatBlock.of(paramsFlattened);
      gpt =
          new Gpt(
              decoder.config(),
              decoder.kernels().create(decoder.threads()),
              parameters,
              decoder.microBatch());
      tokens = new TokenBatch(decoder.microBatch());
    }
    return gpt;
  }

  /** L2 norm of the whole gradient before clipping, of the last backward pass. */
  public double gradientNorm() {
    return gradientNorm;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    Gpt network = gpt();
    tokens.read(input, labels, maskArray);
    gradientBlocks.flat().zero();
    Dropout dropout =
        new Dropout(network.config().dropout(), conf.getSeed()).at(getIterationCount());
    float scale = (float) (1.0 / tokens.positions());
    double loss = 0;
    for (int i = 0; i < tokens.microBatches(); i++) {
      tokens.select(i);
      loss +=
          network.backward(
              gradientBlocks,
              tokens.ids(),
              tokens.targets(),
              tokens.rows(),
              tokens.time(),
              scale,
              dropout.at(i));
    }
    score = loss / tokens.positions();
    scored = true;
    gradientNorm = Math.sqrt(network.kernels().sumOfSquares(gradientBlocks.flat()));
    if (!Double.isFinite(score) || !Double.isFinite(gradientNorm)) {
      throw notFinite();
    }
    clip();
    gradient = new DefaultGradient(gradientsFlattened);
    gradientViews.forEach((name, view) -> gradient.setGradientFor(gradientKey(name), view));
    return new Pair<>(gradient, null);
  }

  private void clip() {
    double longest = layerConf().clipNorm();
    if (gradientNorm > longest) {
      gradientsFlattened.muli(longest / gradientNorm);
    }
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
        firstNotFinite(gpt.weights().flat())
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
    return Double.isFinite(gpt.kernels().sumOfSquares(block));
  }

  @Override
  public double computeScore(
      double regularization, boolean training, LayerWorkspaceMgr workspaceMgr) {
    if (!scored) {
      Gpt network = gpt();
      tokens.read(input, labels, maskArray);
      double loss = 0;
      for (int i = 0; i < tokens.microBatches(); i++) {
        tokens.select(i);
        loss += network.loss(tokens.ids(), tokens.targets(), tokens.rows(), tokens.time());
      }
      score = loss / tokens.positions();
      scored = true;
    }
    return score + regularization;
  }

  /** Mean loss per token of each sequence [B,1]. */
  @Override
  public INDArray computeScoreForExamples(double regularization, LayerWorkspaceMgr workspaceMgr) {
    Gpt network = gpt();
    tokens.read(input, labels, maskArray);
    INDArray scores =
        workspaceMgr.createUninitialized(
            ArrayType.ACTIVATIONS, DataType.FLOAT, tokens.sequences(), 1);
    float[] losses = new float[network.batch() * tokens.time()];
    for (int i = 0; i < tokens.microBatches(); i++) {
      tokens.select(i);
      network.loss(tokens.ids(), tokens.targets(), tokens.rows(), tokens.time());
      network.losses(losses, tokens.rows() * tokens.time());
      for (int row = 0; row < tokens.rows(); row++) {
        double sum = 0;
        for (int t = 0; t < tokens.time(); t++) {
          sum += losses[row * tokens.time() + t];
        }
        scores.putScalar(tokens.first() + row, 0, sum / tokens.time() + regularization);
      }
    }
    return scores;
  }

  /** Logits [B,T,V], without dropout. */
  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    Gpt network = gpt();
    tokens.read(input);
    int vocabulary = network.config().vocabulary();
    long[] shape = {tokens.sequences(), tokens.time(), vocabulary};
    INDArray logits =
        workspaceMgr.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, shape, 'c');
    FloatBlock block = FloatBlock.of(logits);
    long sequence = (long) tokens.time() * vocabulary;
    for (int i = 0; i < tokens.microBatches(); i++) {
      tokens.select(i);
      FloatBlock slice = block.slice(tokens.first() * sequence, tokens.rows() * sequence);
      network.logits(slice, tokens.ids(), tokens.rows(), tokens.time());
    }
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
    if (gpt != null) {
      gpt.close();
      gpt = null;
      tokens = null;
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
