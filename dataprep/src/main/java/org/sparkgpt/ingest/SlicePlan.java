package org.sparkgpt.ingest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Deals files out to tasks, by bytes. */
final class SlicePlan {
  /** Below this, walking over a file twice costs more than sharing it saves. */
  private static final long SMALLEST_SLICE = 1 << 20;

  /** What a file costs beside its bytes: opening it. */
  private static final long FILE_COST = 1 << 14;

  private static final class Task {
    private final int number;
    private final List<FileSlice> slices = new ArrayList<>();
    private long bytes;

    Task(int number) {
      this.number = number;
    }

    void add(FileSlice slice) {
      slices.add(slice);
      bytes += slice.bytes() + FILE_COST;
    }
  }

  private SlicePlan() {}

  /**
   * Largest first, each to the task with the least; files with many records are shared. Those that
   * cannot be split by no more tasks than there are cores: each walks over the whole file.
   */
  static List<List<FileSlice>> of(List<InputFile> files, int tasks, int cores) {
    long total = files.stream().mapToLong(InputFile::length).sum();
    long share = Math.max(SMALLEST_SLICE, total / tasks);
    List<FileSlice> slices = new ArrayList<>();
    for (InputFile file : files) {
      long wanted = file.type().format().holdsMany() ? (file.length() + share - 1) / share : 1;
      int most = file.type().isSplittable() ? tasks : cores;
      int count = (int) Math.max(1, Math.min(most, wanted));
      for (int slice = 0; slice < count; slice++) {
        slices.add(new FileSlice(file, slice, count));
      }
    }
    slices.sort(Comparator.comparingLong(FileSlice::bytes).reversed());
    PriorityQueue<Task> queue =
        new PriorityQueue<>(
            Comparator.comparingLong((Task task) -> task.bytes).thenComparingInt(t -> t.number));
    for (int task = 0; task < tasks; task++) {
      queue.add(new Task(task));
    }
    for (FileSlice slice : slices) {
      Task least = queue.remove();
      least.add(slice);
      queue.add(least);
    }
    return queue.stream()
        .filter(task -> !task.slices.isEmpty())
        .sorted(Comparator.comparingInt(task -> task.number))
        .map(task -> task.slices)
        .toList();
  }
}
