package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointSpaceTest {
  private static final long MIB = 1 << 20;

  /** 10 MiB a checkpoint: parameters, momentum and the moments of two workers. */
  private static final StateSize STATE = new StateSize(10 * MIB / 4 / 6, 2, 2, 2, 100_000);

  @TempDir private File temp;

  private static TrainConfig config(int steps, int every, int keepLast, Integer keepEvery) {
    return TinyRun.withCheckpoints(
        TinyRun.config(Strategy.DILOCO, 2, steps, 10), every, keepLast, keepEvery);
  }

  private static long most(int steps, int every, int keepLast, Integer keepEvery) {
    return CheckpointSpace.most(config(steps, every, keepLast, keepEvery));
  }

  @Test
  void theNewestIsCompleteBeforeTheOldestGoes() {
    assertThat(most(1000, 100, 2, null)).isEqualTo(3);
    assertThat(most(100, 100, 2, null)).as("there will be one").isEqualTo(1);
    assertThat(most(1000, 100, 2, 500)).as("two stay for good").isEqualTo(5);
    assertThat(most(10_000, 1000, 2, null)).as("and one that cuts the lineage").isEqualTo(4);
  }

  @Test
  void aFullDiskIsWrong() throws IOException {
    FileSystem full =
        new FilterFileSystem(FileSystem.getLocal(new Configuration())) {
          @Override
          public FsStatus getStatus(Path path) {
            return new FsStatus(100 * MIB, 71 * MIB, 29 * MIB);
          }
        };
    Path directory = new Path(temp.toURI());
    CheckpointSpace space = new CheckpointSpace(full, directory, STATE, config(1000, 100, 2, null));

    assertThat(space.examine(2, List.of()).wrong())
        .singleElement()
        .asString()
        .contains("has 31 MB free, 32 MB more are needed; set train.keepLast lower");

    try (FSDataOutputStream out = full.create(new Path(directory, "step-000000100/outer.bin"))) {
      out.write(new byte[(int) (5 * MIB)]);
    }
    assertThat(space.examine(2, List.of()).isOk()).as("a part of it is there already").isTrue();
  }

  @Test
  void aLocalPathIsDoubtfulWhereExecutorsAreOnOtherMachines() throws IOException {
    FileSystem local = FileSystem.getLocal(new Configuration());
    CheckpointSpace space =
        new CheckpointSpace(local, new Path(temp.toURI()), STATE, config(10, 10, 2, null));

    assertThat(space.examine(2, List.of()).isOk()).isTrue();
    assertThat(space.examine(2, List.of("node7")).doubtful())
        .singleElement()
        .asString()
        .contains("is a local path, but executors run on node7", "choose an output on HDFS");
  }

  @Test
  void quotaOfAnyDirectoryAboveCountsWithOpenBlocks() throws Exception {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, temp.getPath());
    conf.setLong("dfs.blocksize", MIB);
    try (MiniDFSCluster cluster = new MiniDFSCluster.Builder(conf).build()) {
      DistributedFileSystem fs = cluster.getFileSystem();
      Path home = new Path("/home");
      Path directory = new Path(home, "me/run/checkpoints");
      fs.mkdirs(new Path(home, "me"));
      CheckpointSpace space = new CheckpointSpace(fs, directory, STATE, config(1000, 100, 2, null));

      assertThat(space.examine(4, List.of()).isOk()).as("no quota").isTrue();

      // 3 checkpoints x 10 MiB, and 4 blocks x 1 MiB
      fs.setQuota(home, HdfsConstants.QUOTA_DONT_SET, 35 * MIB);
      assertThat(space.examine(4, List.of()).isOk()).isTrue();
      fs.setQuota(home, HdfsConstants.QUOTA_DONT_SET, 33 * MIB);
      Finding finding = space.examine(4, List.of());
      assertThat(finding.wrong())
          .singleElement()
          .asString()
          .contains("/home leaves 35 MB, 36 MB are needed", "hdfs dfsadmin -setSpaceQuota");
      assertThat(finding.facts()).contains("3 x 11 MB x replication 1");
    }
  }
}
