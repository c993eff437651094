package org.sparkgpt.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.sparkgpt.kernel.DtypeChoice;
import org.sparkgpt.kernel.Gelu;

class ParameterLayoutTest {
  private static final GptConfig GPT2 =
      new GptConfig(50257, 1024, 12, 12, 768, 0, true, Gelu.TANH, null, DtypeChoice.F32);

  @Test
  void gpt2HasItsPublishedNumberOfParameters() {
    assertThat(ParameterLayout.of(GPT2).length()).isEqualTo(124_439_808);
  }

  @Test
  void withoutBiasesShakespeareCharHasItsPublishedNumber() {
    GptConfig config = new GptConfig(65, 64, 4, 4, 128, 0, false, Gelu.ERF, null, DtypeChoice.F32);
    assertThat(ParameterLayout.of(config).length() - 64 * 128).isEqualTo(795_904);
    assertThat(ParameterLayout.of(config).parameters())
        .noneMatch(parameter -> parameter.name().endsWith(".bias"));
  }

  @Test
  void parametersFollowEachOtherWithoutGaps() {
    ParameterLayout layout = ParameterLayout.of(GPT2);
    long next = 0;
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      assertThat(parameter.offset()).as(parameter.name()).isEqualTo(next);
      next += parameter.length();
      assertThat(layout.at(next - 1)).isEqualTo(parameter);
    }
  }

  @Test
  void unknownNamesAreNamed() {
    assertThatThrownBy(() -> ParameterLayout.of(GPT2).get("lm_head.weight"))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("the model has no parameter lm_head.weight");
  }

  @Test
  void impossibleShapesAreNamedByTheirKeys() {
    assertThatThrownBy(
            () -> new GptConfig(65, 64, 4, 3, 128, 0, true, Gelu.TANH, null, DtypeChoice.F32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("model.embd must be a multiple of model.heads, got 128 and 3");
    assertThatThrownBy(
            () -> new GptConfig(0, 64, 4, 4, 128, 0, true, Gelu.TANH, null, DtypeChoice.F32))
        .hasMessage("model.vocabulary must be positive, got 0");
    assertThatThrownBy(
            () -> new GptConfig(65, 64, 4, 4, 128, 1, true, Gelu.TANH, null, DtypeChoice.F32))
        .hasMessage("model.dropout must be in [0, 1), got 1.0");
  }
}
