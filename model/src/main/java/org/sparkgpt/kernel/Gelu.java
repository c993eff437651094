package org.sparkgpt.kernel;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The two GELUs (Hendrycks and Gimpel, 2016) under the names Hugging Face gives them. */
public enum Gelu {
  /** GPT-2's tanh form: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
  @JsonProperty("gelu_new")
  TANH("gelu_new"),

  /** The exact form, x Phi(x) = 0.5 x (1 + erf(x / sqrt 2)); nanoGPT's. */
  @JsonProperty("gelu")
  ERF("gelu");

  private final String huggingFaceName;

  Gelu(String huggingFaceName) {
    this.huggingFaceName = huggingFaceName;
  }

  /** The value of {@code activation_function} in a Hugging Face {@code config.json}. */
  public String huggingFaceName() {
    return huggingFaceName;
  }
}
