package org.sparkgpt.layer;

import java.io.Serializable;
import org.sparkgpt.kernel.Gelu;

/**
 * Shape of a GPT decoder, in GPT-2's terms; the {@code model} section of a run file.
 *
 * @param vocabulary rows of the token embedding, V; at least the tokenizer's size (more pads it)
 * @param context longest sequence, T: rows of the position embedding
 * @param layers transformer blocks, L
 * @param heads attention heads, H; divides {@code embd}
 * @param embd width of the residual stream, C; the MLP is 4C wide
 * @param dropout share of activations dropped in training after the embedding, in the attention and
 *     at both residual branches, in [0, 1)
 * @param bias whether linear layers and layer norms have a bias (GPT-2: yes; nanoGPT's own: no)
 * @param activation the MLP's GELU
 */
public record GptConfig(
    int vocabulary,
    int context,
    int layers,
    int heads,
    int embd,
    double dropout,
    boolean bias,
    Gelu activation)
    implements Serializable {

  public GptConfig {
    requirePositive("model.vocabulary", vocabulary);
    requirePositive("model.context", context);
    requirePositive("model.layers", layers);
    requirePositive("model.heads", heads);
    requirePositive("model.embd", embd);
    if (embd % heads != 0) {
      throw new IllegalArgumentException(
          "model.embd must be a multiple of model.heads, got " + embd + " and " + heads);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("model.dropout must be in [0, 1), got " + dropout);
    }
    if (activation == null) {
      throw new IllegalArgumentException("model.activation is missing: gelu_new or gelu");
    }
  }

  /** Width of one attention head, C / H. */
  public int headSize() {
    return embd / heads;
  }

  private static void requirePositive(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be positive, got " + value);
    }
  }
}
