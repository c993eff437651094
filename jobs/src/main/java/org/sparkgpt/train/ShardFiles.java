package org.sparkgpt.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkgpt.tokenize.TokenCache;
import org.sparkgpt.tokenize.TokenFile;

/**
 * Token shards in Parquet files. An executor has one {@link TokenCache}, in {@link
 * LocalDirectories}; a task holds what it opened or expects until it ends. Outside of tasks, shards
 * are held until the JVM ends.
 */
final class ShardFiles implements TokenSource {
  private static final Set<Long> TASKS = ConcurrentHashMap.newKeySet(); // that hold shards
  private static TokenCache cache;

  private final String directory;
  private final List<TokenFile> files;
  private final Broadcast<SerializableConfiguration> hadoop;
  private transient FileSystem fileSystem;

  ShardFiles(Path directory, List<TokenFile> files, Broadcast<SerializableConfiguration> hadoop) {
    this.directory = directory.toString();
    this.files = files;
    this.hadoop = hadoop;
  }

  @Override
  public IntBuffer shard(int index) {
    return cache().open(shardOf(index), holder());
  }

  @Override
  public void expect(List<Integer> shards) {
    cache().expect(shards.stream().map(this::shardOf).toList(), holder());
  }

  private TokenCache.Shard shardOf(int index) {
    Path path = new Path(directory);
    try {
      if (fileSystem == null) {
        fileSystem = path.getFileSystem(hadoop.value().value());
      }
      return new TokenCache.Shard(fileSystem, path, files.get(index));
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": " + e.getMessage(), e);
    }
  }

  /** The task, which lets go of its shards at its end, or this class. */
  private static Object holder() {
    TaskContext task = TaskContext.get();
    if (task == null) {
      return ShardFiles.class;
    }
    Long id = task.taskAttemptId();
    if (TASKS.add(id)) {
      TaskCompletionListener release =
          ended -> {
            cache().release(id);
            TASKS.remove(id);
          };
      task.addTaskCompletionListener(release);
    }
    return id;
  }

  /** This JVM's. */
  private static synchronized TokenCache cache() {
    if (cache == null) {
      cache = new TokenCache(LocalDirectories.create("tokens", SparkEnv.get().conf()));
    }
    return cache;
  }
}
