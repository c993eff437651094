package org.sparkgpt.checkpoint;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;

/**
 * Writes checkpoints: the executors write their chunks in parallel into a directory with a
 * temporary name, the driver writes the manifest, and one rename publishes it. A crash at any
 * moment leaves either the whole checkpoint or something {@link Checkpoints#sweep} deletes.
 *
 * <p>That holds where the file system renames a directory at once and whole, and lets what was
 * written be read immediately: HDFS, local disks, object stores with a hierarchical namespace
 * (ABFS, GCS with folders). S3A copies a renamed directory file by file. If the driver dies during
 * the copy, a directory with a checkpoint's name lacks some of its files: without a manifest it is
 * deleted at the next start; with one it is refused by name, with the file that is missing, until
 * someone deletes it. Earlier checkpoints are not touched by either.
 *
 * <p>An HDFS whose replication is above the number of DataNodes that are left can refuse to
 * continue a file when one of them dies; {@code
 * dfs.client.block.write.replace-datanode-on-failure.best-effort=true} lets it.
 */
public final class CheckpointWriter {
  private final Checkpoints checkpoints;
  private final StateRdds state;

  public CheckpointWriter(Checkpoints checkpoints, StateRdds state) {
    this.checkpoints = checkpoints;
    this.state = state;
  }

  /**
   * Writes and publishes a checkpoint.
   *
   * @param draft everything but the files
   */
  public Checkpoint publish(
      CheckpointManifest draft,
      JavaPairRDD<Integer, byte[]> outer,
      JavaPairRDD<Integer, byte[]> inner) {
    String name = Checkpoints.name(draft.step());
    Path target = new Path(checkpoints.directory(), name);
    Checkpoint written = write(name, draft, outer, inner);
    try {
      FileContext files =
          FileContext.getFileContext(target.toUri(), checkpoints.fileSystem().getConf());
      files.rename(written.path(), target, Options.Rename.NONE);
    } catch (IOException e) {
      throw new CheckpointException(
          target
              + ": the finished checkpoint cannot be renamed to it: "
              + CheckpointException.reason(e),
          e);
    }
    Checkpoint published = Checkpoint.open(checkpoints.fileSystem(), target).requireFiles();
    if (!published.manifest().equals(written.manifest())) {
      throw new CheckpointException(target + " is not the checkpoint that was written");
    }
    return published;
  }

  /**
   * Writes the state without publishing it: RDDs that are read back from it have no history. The
   * caller deletes it with {@link #discard}.
   */
  public Checkpoint cutLineage(
      CheckpointManifest draft,
      JavaPairRDD<Integer, byte[]> outer,
      JavaPairRDD<Integer, byte[]> inner) {
    return write("lineage", draft, outer, inner);
  }

  /** Deletes what {@link #cutLineage} wrote. */
  public void discard(Checkpoint unpublished) {
    checkpoints.delete(unpublished.path());
  }

  private Checkpoint write(
      String name,
      CheckpointManifest draft,
      JavaPairRDD<Integer, byte[]> outer,
      JavaPairRDD<Integer, byte[]> inner) {
    FileSystem fs = checkpoints.fileSystem();
    Path directory = checkpoints.temporary(name);
    try {
      fs.mkdirs(directory);
      List<StoredFile> files =
          state.write(directory, outer, inner).stream()
              .sorted(Comparator.comparing(StoredFile::kind).thenComparing(StoredFile::partition))
              .toList();
      deleteOthers(fs, directory, files);
      CheckpointManifest manifest = draft.with(files);
      byte[] json = Checkpoint.JSON.writeValueAsBytes(manifest);
      DurableFile.write(fs, new Path(directory, CheckpointManifest.NAME), out -> out.write(json));
      return new Checkpoint(fs, directory, manifest);
    } catch (IOException e) {
      throw new CheckpointException(
          directory
              + ": the checkpoint cannot be written: "
              + CheckpointException.reason(e)
              + "; the ones before it are whole",
          e);
    }
  }

  /** Failed task attempts may have left files of their own. */
  private static void deleteOthers(FileSystem fs, Path directory, List<StoredFile> files)
      throws IOException {
    Set<String> named = new HashSet<>();
    files.forEach(file -> named.add(file.name()));
    for (FileStatus status : fs.listStatus(directory)) {
      if (!named.contains(status.getPath().getName())) {
        fs.delete(status.getPath(), false);
      }
    }
  }
}
