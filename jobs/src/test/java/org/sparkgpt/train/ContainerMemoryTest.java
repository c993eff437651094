package org.sparkgpt.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerMemoryTest {
  private static final long GIB = 1L << 30;

  @TempDir private Path root;

  private void write(String file, String content) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  private void machineOf16GiB() throws IOException {
    write("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:         1234 kB\n");
  }

  @Test
  void withoutContainerTheMachineIsTheLimit() throws IOException {
    machineOf16GiB();
    write("proc/self/cgroup", "0::/\n");

    assertThat(ContainerMemory.read(root))
        .hasValue(new ContainerMemory(16 * GIB, "the machine's memory"));
  }

  @Test
  void version2LimitsWithMemoryMax() throws IOException {
    machineOf16GiB();
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.max", "4294967296\n");

    assertThat(ContainerMemory.read(root))
        .hasValue(new ContainerMemory(4 * GIB, "cgroup v2 memory.max"));
  }

  @Test
  void leastLimitOnTheWayToTheTopCounts() throws IOException {
    machineOf16GiB();
    write("proc/self/cgroup", "0::/pods/mine/main\n");
    write("sys/fs/cgroup/pods/mine/main/memory.max", "max\n");
    write("sys/fs/cgroup/pods/mine/memory.max", "2147483648\n");
    write("sys/fs/cgroup/pods/memory.max", "8589934592\n");

    assertThat(ContainerMemory.read(root)).map(ContainerMemory::bytes).hasValue(2 * GIB);
  }

  @Test
  void version1SeesItsLimitAtTheTopWhereThePathIsTheHosts() throws IOException {
    machineOf16GiB();
    write("proc/self/cgroup", "5:cpu,cpuacct:/docker/ab12\n4:memory:/docker/ab12\n0::/\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "3221225472\n");

    assertThat(ContainerMemory.read(root))
        .hasValue(new ContainerMemory(3 * GIB, "cgroup v1 memory.limit_in_bytes"));
  }

  @Test
  void limitsBeyondTheMachineAreNone() throws IOException {
    machineOf16GiB();
    write("proc/self/cgroup", "4:memory:/\n0::/\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("sys/fs/cgroup/memory.max", "max\n");

    assertThat(ContainerMemory.read(root)).map(ContainerMemory::bytes).hasValue(16 * GIB);
  }

  @Test
  void otherSystemsTellNothing() {
    assertThat(ContainerMemory.read(root)).isEmpty();
  }
}
