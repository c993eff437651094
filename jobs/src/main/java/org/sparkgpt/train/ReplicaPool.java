package org.sparkgpt.train;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.spark.TaskContext;

/**
 * The replicas of this executor that no task is using. A task takes one and gives it back when it
 * ends, so that networks and their buffers are built once for a slot, not once a round. What is in
 * a replica's memory means nothing to the next task, which overwrites it.
 */
final class ReplicaPool {
  private static final Deque<Replica> IDLE = new ArrayDeque<>();

  private ReplicaPool() {}

  /** A replica that goes back to the pool when {@code task} completes; failed ones are closed. */
  static Replica borrowForTask(ReplicaSpec spec, TaskContext task) {
    Replica replica = borrow(spec);
    task.addTaskCompletionListener(
        context -> {
          if (context.isInterrupted() || context.isFailed()) {
            replica.close();
          } else {
            giveBack(replica);
          }
        });
    return replica;
  }

  /** Closes the replicas of other runs: their memory may be what this one needs. */
  static Replica borrow(ReplicaSpec spec) {
    synchronized (IDLE) {
      Replica match = null;
      for (var idle = IDLE.iterator(); idle.hasNext() && match == null; ) {
        Replica replica = idle.next();
        if (replica.spec().equals(spec)) {
          match = replica;
        } else {
          replica.close();
        }
        idle.remove();
      }
      if (match != null) {
        return match;
      }
    }
    return new Replica(spec);
  }

  static void giveBack(Replica replica) {
    synchronized (IDLE) {
      IDLE.push(replica);
    }
  }

  /** Frees the idle replicas of this JVM. */
  static void clear() {
    synchronized (IDLE) {
      IDLE.forEach(Replica::close);
      IDLE.clear();
    }
  }
}
