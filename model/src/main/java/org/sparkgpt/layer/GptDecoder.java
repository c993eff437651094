package org.sparkgpt.layer;

import java.util.Collection;
import java.util.Objects;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A GPT as one DL4J output layer: token ids [B,T] in, next-token loss against labels [B,T] out. One
 * layer, because DL4J cannot share a parameter between layers and the head is tied to the
 * embedding; and because the norm of the whole gradient is then at hand for clipping.
 *
 * <p>The score is the mean loss per token in nats, without a term for weight decay. {@code output}
 * gives the logits [B,T,V]. A minibatch is worked on in micro-batches whose gradients add up, so
 * memory is that of one micro-batch.
 *
 * <p>Set seed, updater and weight decay as for any layer, or take {@link GptNetwork}. Clip with
 * {@link Builder#clipNorm}, not with DL4J's {@code ClipL2PerLayer}: ND4J adds up the squares in
 * float32, which is 1 % off for 10 million parameters and 12 % for 64 million.
 */
public final class GptDecoder extends BaseLayer {
  @JsonProperty private GptConfig config;
  @JsonProperty private Execution execution;
  @JsonProperty private double clipNorm;
  private transient ParameterLayout layout; // DL4J asks for it several times a step

  /** For JSON. */
  GptDecoder() {}

  private GptDecoder(Builder builder) {
    super(builder);
    this.config = Objects.requireNonNull(builder.config);
    this.execution = Objects.requireNonNull(builder.execution);
    this.clipNorm = builder.clipNorm;
  }

  public GptConfig config() {
    return config;
  }

  ParameterLayout layout() {
    if (layout == null) {
      layout = ParameterLayout.of(config);
    }
    return layout;
  }

  public Execution execution() {
    return execution;
  }

  /** Longest L2 norm of the whole gradient; longer gradients are scaled down to it. */
  public double clipNorm() {
    return clipNorm;
  }

  @Override
  public GptDecoderLayer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int layerIndex,
      INDArray parameters,
      boolean initializeParameters,
      DataType dataType) {
    if (dataType != DataType.FLOAT) {
      throw new IllegalArgumentException("the decoder's data type is FLOAT, got " + dataType);
    }
    GptDecoderLayer layer = new GptDecoderLayer(conf, dataType);
    layer.setListeners(listeners);
    layer.setIndex(layerIndex);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(conf, parameters, initializeParameters));
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return GptParamInitializer.INSTANCE;
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return InputType.recurrent(config.vocabulary());
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {} // ids have no width

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
    return null;
  }

  @Override
  public boolean isPretrainParam(String name) {
    return false;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType inputType) {
    long parameters = initializer().numParams(this);
    return new LayerMemoryReport.Builder(
            getLayerName(), GptDecoder.class, inputType, getOutputType(0, inputType))
        .standardMemory(parameters, getIUpdater().stateSize(parameters))
        .workingMemory(0, 0, 0, 0) // activations are the layer's own, outside DL4J's workspaces
        .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
        .build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GptDecoder that
        && super.equals(that)
        && config.equals(that.config)
        && execution.equals(that.execution)
        && clipNorm == that.clipNorm;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), config, execution, clipNorm);
  }

  @Override
  public String toString() {
    return "GptDecoder(" + config + ", " + execution + ")";
  }

  /** Builds a decoder; updater and weight decay are inherited from DL4J. */
  @SuppressWarnings("unchecked") // DL4J declares <E extends Layer> E build()
  public static final class Builder extends BaseLayer.Builder<Builder> {
    private final GptConfig config;
    private Execution execution;
    private double clipNorm = Double.POSITIVE_INFINITY;

    public Builder(GptConfig config) {
      this.config = config;
    }

    /** How it is run. */
    public Builder execution(Execution execution) {
      this.execution = execution;
      return this;
    }

    /** See {@link GptDecoder#clipNorm()}; without it nothing is clipped. */
    public Builder clipNorm(double norm) {
      this.clipNorm = norm;
      return this;
    }

    @Override
    public GptDecoder build() {
      return new GptDecoder(this);
    }
  }
}
