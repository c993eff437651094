package org.sparkgpt.train;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.spark.TaskContext;

/**
 * The replicas of this executor that no task is using. A task takes one of the device that Spark
 * gave it and gives it back when it ends, so that networks and their buffers are built once for a
 * slot, not once a round. What is in a replica's memory means nothing to the next task, which
 * overwrites it.
 */
final class ReplicaPool {
  private static final Deque<Idle> IDLE = new ArrayDeque<>();

  private ReplicaPool() {}

  private record Idle(Device device, Replica replica) {}

  /** A replica that goes back to the pool when {@code task} completes; failed ones are closed. */
  static Replica borrowForTask(ReplicaSpec spec, TaskContext task) {
    Device device = Device.of(task);
    Replica replica = borrow(spec, device);
    task.addTaskCompletionListener(
        context -> {
          if (context.isInterrupted() || context.isFailed()) {
            replica.close();
          } else {
            giveBack(replica, device);
          }
        });
    return replica;
  }

  /** Closes the replicas of other runs: their memory may be what this one needs. */
  static Replica borrow(ReplicaSpec spec, Device device) {
    synchronized (IDLE) {
      Replica match = null;
      for (var all = IDLE.iterator(); all.hasNext() && match == null; ) {
        Idle idle = all.next();
        if (!idle.replica().spec().equals(spec)) {
          idle.replica().close();
          all.remove();
        } else if (idle.device().equals(device)) {
          match = idle.replica();
          all.remove();
        }
      }
      if (match != null) {
        return match;
      }
    }
    return new Replica(spec);
  }

  static void giveBack(Replica replica, Device device) {
    synchronized (IDLE) {
      IDLE.push(new Idle(device, replica));
    }
  }

  /** Frees the idle replicas of this JVM. */
  static void clear() {
    synchronized (IDLE) {
      IDLE.forEach(idle -> idle.replica().close());
      IDLE.clear();
    }
  }
}
