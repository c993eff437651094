package org.sparkgpt.train;

import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * Where a worker computes: on its executor's processor, or on the GPU that Spark gave to its task.
 *
 * @param address of the GPU, as the discovery script printed it; empty: the processor
 */
record Device(String address) {
  static final Device PROCESSOR = new Device("");

  /** GPUs of a task; a fraction shares one among tasks. */
  static final String TASK_AMOUNT = "spark.task.resource.gpu.amount";

  static final String EXECUTOR_AMOUNT = "spark.executor.resource.gpu.amount";
  private static final String GPU = "gpu";

  /** The first GPU among the task's resources; a task that was given none has the processor. */
  static Device of(TaskContext task) {
    return of(task.resourcesJMap());
  }

  static Device of(Map<String, ResourceInformation> resources) {
    ResourceInformation gpus = resources.get(GPU);
    return gpus == null || gpus.addresses().length == 0
        ? PROCESSOR
        : new Device(gpus.addresses()[0]);
  }

  boolean isGpu() {
    return !address.isEmpty();
  }
}
