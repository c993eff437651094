package org.sparkgpt.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Where each parameter of a {@link GptConfig} lies in the flat parameter vector: Hugging Face's
 * GPT-2 names and shapes, row-major, one after the other without gaps. Gradients and optimizer
 * moments use the same offsets.
 *
 * <p>Order: {@code wte.weight} [V,C] (or its {@link GptConfig#paddedVocabulary padded} rows),
 * {@code wpe.weight} [T,C], then per block {@code h.i.}: {@code ln_1.weight/bias} [C], {@code
 * attn.c_attn.weight/bias} [C,3C], {@code attn.c_proj.weight/bias} [C,C], {@code ln_2.weight/bias},
 * {@code mlp.c_fc.weight/bias} [C,4C], {@code mlp.c_proj.weight/bias} [4C,C]; last {@code
 * ln_f.weight/bias}. Without {@link GptConfig#bias()} the bias entries are absent. Linear weights
 * are [in,out]: y = x W + b.
 */
public record ParameterLayout(List<Parameter> parameters) {

  /**
   * One named tensor.
   *
   * @param name Hugging Face name, such as {@code h.0.attn.c_attn.weight}
   * @param shape one or two dimensions, row-major
   * @param offset index of its first element in the flat vector
   */
  public record Parameter(String name, List<Integer> shape, long offset) {
    public long length() {
      return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** Weight decay applies to matrices only, not to biases and layer-norm gains. */
    public boolean decayed() {
      return shape.size() > 1;
    }
  }

  public ParameterLayout {
    parameters = List.copyOf(parameters);
  }

  public static ParameterLayout of(GptConfig config) {
    Builder layout = new Builder(config.bias());
    int embd = config.embd();
    layout.add("wte.weight", config.embeddingRows(), embd);
    layout.add("wpe.weight", config.context(), embd);
    for (int i = 0; i < config.layers(); i++) {
      String block = "h." + i + ".";
      layout.addNorm(block + "ln_1", embd);
      layout.addLinear(block + "attn.c_attn", embd, 3 * embd);
      layout.addLinear(block + "attn.c_proj", embd, embd);
      layout.addNorm(block + "ln_2", embd);
      layout.addLinear(block + "mlp.c_fc", embd, 4 * embd);
      layout.addLinear(block + "mlp.c_proj", 4 * embd, embd);
    }
    layout.addNorm("ln_f", embd);
    return new ParameterLayout(layout.parameters);
  }

  /** Number of elements in the flat vector. */
  public long length() {
    Parameter last = parameters.get(parameters.size() - 1);
    return last.offset() + last.length();
  }

  public Parameter get(String name) {
    return parameters.stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("the model has no parameter " + name));
  }

  /** The parameter that holds element {@code index} of the flat vector. */
  public Parameter at(long index) {
    return parameters.stream()
        .filter(p -> index >= p.offset() && index < p.offset() + p.length())
        .findFirst()
        .orElseThrow(
            () -> new IndexOutOfBoundsException(index + " of " + length() + " parameters"));
  }

  private static final class Builder {
    private final List<Parameter> parameters = new ArrayList<>();
    private final boolean bias;
    private long next;

    Builder(boolean bias) {
      this.bias = bias;
    }

    void add(String name, Integer... shape) {
      Parameter parameter = new Parameter(name, List.of(shape), next);
      parameters.add(parameter);
      next += parameter.length();
    }

    void addNorm(String name, int embd) {
      add(name + ".weight", embd);
      if (bias) {
        add(name + ".bias", embd);
      }
    }

    void addLinear(String name, int inputs, int outputs) {
      add(name + ".weight", inputs, outputs);
      if (bias) {
        add(name + ".bias", outputs);
      }
    }
  }
}
