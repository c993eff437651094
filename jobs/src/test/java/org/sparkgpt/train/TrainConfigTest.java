package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkgpt.layer.Execution;
import org.sparkgpt.layer.ParameterLayout;

class TrainConfigTest {

  @ParameterizedTest
  @EnumSource(names = {"SYNC", "DL4J"})
  void lossyDeltasNeedRoundsOfLocalSteps(Strategy strategy) {
    TrainConfig config = TinyRun.config(strategy, 2, 4, 2);

    assertThatThrownBy(() -> TinyRun.withDeltas(config, DeltaEncoding.INT8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("train.deltas: int8 needs train.strategy diloco or average; ")
        .hasMessageContaining(strategy.yaml() + " has no rounds");
  }

  @Test
  void lossyDeltasCostTheWorkerTwoMoreVectors() {
    TrainConfig exact = TinyRun.config(Strategy.DILOCO, 2, 4, 2);
    TrainConfig lossy = TinyRun.withDeltas(exact, DeltaEncoding.BF16);
    long parameters = ParameterLayout.of(TinyRun.MODEL).length();

    Execution execution = exact.execution(1);
    assertThat(lossy.memory(TinyRun.MODEL, execution).bytes())
        .isEqualTo(exact.memory(TinyRun.MODEL, execution).bytes() + 8 * parameters);
    assertThat(lossy.memory(TinyRun.MODEL, execution).describe()).contains("deltas");
    assertThat(lossy.innerSegments()).containsExactly("m", "v", "residual");
    assertThat(exact.innerSegments()).containsExactly("m", "v");
  }
}
