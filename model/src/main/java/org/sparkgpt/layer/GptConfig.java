package org.sparkgpt.layer;

import java.io.Serializable;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;

/**
 * Shape of a GPT decoder, in GPT-2's terms; the {@code model} section of a run file.
 *
 * @param vocabulary token ids, V; at least the tokenizer's size
 * @param context longest sequence, T: rows of the position embedding
 * @param layers transformer blocks, L
 * @param heads attention heads, H; divides {@code embd}
 * @param embd width of the residual stream, C; the MLP is 4C wide
 * @param dropout share of activations dropped in training after the embedding, in the attention and
 *     at both residual branches, in [0, 1)
 * @param bias whether linear layers and layer norms have a bias (GPT-2: yes; nanoGPT's own: no)
 * @param activation the MLP's GELU
 * @param paddedVocabulary rows of the token embedding, at least V; {@code null}: V. The rows behind
 *     V take no part in anything; some programs want their number to be a multiple of 64
 * @param dtype number format of matrices and activations while computing; parameters are stored in
 *     32 bits in any case
 */
public record GptConfig(
    int vocabulary,
    int context,
    int layers,
    int heads,
    int embd,
    double dropout,
    boolean bias,
    Gelu activation,
    Integer paddedVocabulary,
    DtypeChoice dtype)
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
    if (paddedVocabulary != null && paddedVocabulary < vocabulary) {
      throw new IllegalArgumentException(
          "model.paddedVocabulary must be at least model.vocabulary, got "
              + paddedVocabulary
              + " and "
              + vocabulary);
    }
    if (dtype == null) {
      throw new IllegalArgumentException("model.dtype is missing: f32, bf16 or auto");
    }
  }

  /** Rows of the token embedding: the vocabulary and its padding. */
  public int embeddingRows() {
    return paddedVocabulary == null ? vocabulary : paddedVocabulary;
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
