package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sparkgpt.layer.Execution;

class DeviceTest {
  private static final ReplicaSpec SPEC = spec(1);

  private static ReplicaSpec spec(long seed) {
    Execution execution = TinyRun.config(Strategy.AVERAGE, 1, 4, 1).execution(1);
    return new ReplicaSpec(TinyRun.MODEL, TinyRun.OPTIMIZER, 4, seed, execution, true);
  }

  @AfterEach
  void freeReplicas() {
    ReplicaPool.clear();
  }

  @Test
  void aTaskComputesOnTheGpuThatSparkGaveIt() {
    String[] two = {"3", "1"};
    assertThat(Device.of(Map.of("gpu", new ResourceInformation("gpu", two))))
        .isEqualTo(new Device("3"));
    assertThat(Device.of(Map.of())).isEqualTo(Device.PROCESSOR);
    assertThat(Device.of(Map.of("fpga", new ResourceInformation("fpga", two))))
        .isEqualTo(Device.PROCESSOR);
  }

  @Test
  void aReplicaIsUsedAgainOnItsOwnDeviceOnly() {
    Replica first = ReplicaPool.borrow(SPEC, new Device("0"));
    ReplicaPool.giveBack(first, new Device("0"));

    Replica other = ReplicaPool.borrow(SPEC, new Device("1"));
    assertThat(other).isNotSameAs(first);
    assertThat(ReplicaPool.borrow(SPEC, new Device("0"))).isSameAs(first);

    ReplicaPool.giveBack(first, new Device("0"));
    ReplicaPool.giveBack(other, new Device("1"));
    Replica ofAnotherRun = ReplicaPool.borrow(spec(2), new Device("0"));
    assertThat(ReplicaPool.borrow(SPEC, new Device("1"))).as("was closed").isNotSameAs(other);
    ofAnotherRun.close();
  }
}
