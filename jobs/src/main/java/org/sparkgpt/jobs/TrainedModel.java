package org.sparkgpt.jobs;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.checkpoint.Checkpoint;
import org.sparkgpt.checkpoint.Checkpoints;
import org.sparkgpt.config.RunConfig;
import org.sparkgpt.files.HuggingFaceModel;
import org.sparkgpt.files.ModelDirectory;
import org.sparkgpt.kernel.FloatBlock;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.tokenize.Tokenizer;
import org.sparkgpt.tokenize.TokenizerFiles;

/**
 * A model and the tokenizer it was trained with.
 *
 * @param name what to call it in output
 */
record TrainedModel(String name, GptConfig config, FloatBlock parameters, Tokenizer tokenizer) {

  /** The newest complete checkpoint of a run, finished or not. */
  static TrainedModel ofRun(RunConfig run) throws IOException {
    Path output = new Path(run.output());
    FileSystem fs = output.getFileSystem(Sessions.hadoopConfiguration());
    Checkpoint newest = newestCheckpoint(fs, output);
    return new TrainedModel(
        newest.path().getName(),
        newest.model(),
        newest.readParameters(),
        TokenizerFiles.load(fs, StageName.TRAIN_TOKENIZER.directory(output)));
  }

  /** The newest complete checkpoint below a run's output. */
  static Checkpoint newestCheckpoint(FileSystem fs, Path output) {
    Path checkpoints = StageName.TRAIN.directory(output);
    return new Checkpoints(fs, checkpoints)
        .newestComplete()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    checkpoints
                        + ": no complete checkpoint; run it first: scripts/sparkgpt train"
                        + " <run.yaml>"));
  }

  /** A Hugging Face directory on any Hadoop file system. */
  static TrainedModel ofDirectory(Path directory) throws IOException {
    FileSystem fs = directory.getFileSystem(Sessions.hadoopConfiguration());
    if (!fs.exists(directory)) {
      throw new IllegalArgumentException(directory + ": no such model directory");
    }
    HuggingFaceModel model = HuggingFaceModel.read(new HadoopModelDirectory(fs, directory));
    return new TrainedModel(
        directory.toString(),
        model.config(),
        model.parameters(),
        TokenizerFiles.load(fs, directory));
  }

  /** See {@link #ofDirectory}. */
  private record HadoopModelDirectory(FileSystem fs, Path directory) implements ModelDirectory {
    @Override
    public String location() {
      return directory.toString();
    }

    @Override
    public InputStream open(String name) throws IOException {
      return fs.open(new Path(directory, name));
    }

    @Override
    public long length(String name) throws IOException {
      return fs.getFileStatus(new Path(directory, name)).getLen();
    }
  }
}
