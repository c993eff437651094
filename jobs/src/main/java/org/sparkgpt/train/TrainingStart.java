package org.sparkgpt.train;

import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.layer.AdamWConfig;
import org.sparkgpt.layer.GptConfig;

/**
 * What a run is when it begins or goes on.
 *
 * @param fs of the directory, for files that grow
 * @param directory of the checkpoints and of what is told of the run
 * @param application Spark's id of it
 * @param step optimizer steps that earlier runs took
 * @param parameters of the model
 * @param threadsPerWorker that a worker computes with
 * @param seed of the run
 * @param dataDigest of the token shards
 */
public record TrainingStart(
    FileSystem fs,
    Path directory,
    String application,
    int step,
    long parameters,
    int threadsPerWorker,
    long seed,
    String dataDigest,
    GptConfig model,
    AdamWConfig optimizer,
    TrainConfig train) {

  /**
   * The file system to write growing files to: checksums of a local file are of no use while it
   * grows, and spoil it when the run is killed.
   */
  public static FileSystem forGrowingFiles(FileSystem fs) {
    return fs instanceof LocalFileSystem local ? local.getRawFileSystem() : fs;
  }
}
