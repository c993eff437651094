package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkgpt.tokenize.TokenCache;
import org.sparkgpt.tokenize.TokenFile;
import org.sparkgpt.tokenize.TokenManifest;
import org.sparkgpt.tokenize.ZipfShard;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Times how an executor takes in a token shard: fetch, check, decode, map. */
@Command(
    name = "shards",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Times how an executor takes in a token shard: fetches it, checks its CRC, decodes it into a"
          + " local file and maps that. One thread does it all; its speed is that of one core.",
      ""
    },
    footer = {
      "",
      "Example: the shards of a run",
      "  scripts/sparkgpt bench shards runs/demo/tokens"
    })
final class ShardsBenchmark implements Callable<Integer> {
  private static final int VOCABULARY = 50_257; // GPT-2's

  @Parameters(
      arity = "0..1",
      paramLabel = "tokens",
      description = "A run's tokens directory. Without one, a shard of random ids is made.")
  private Path tokens;

  @Option(
      names = "--tokens",
      defaultValue = "16777216",
      description = "Of the shard that is made, default ${DEFAULT-VALUE}")
  private int size;

  @Option(names = "--repeats", defaultValue = "5", description = "Default ${DEFAULT-VALUE}")
  private int repeats;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--tokens", size);
    ComputeOptions.requirePositive("--repeats", repeats);
    java.nio.file.Path scratch = Files.createTempDirectory("sparkgpt-bench-shards-");
    try {
      Map<String, Object> result = measure(largestShard(scratch), scratch);
      spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(result));
    } finally {
      delete(scratch);
    }
    return 0;
  }

  private TokenCache.Shard largestShard(java.nio.file.Path scratch) throws IOException {
    Configuration configuration = Sessions.hadoopConfiguration();
    if (tokens == null) {
      Path made = new Path(scratch.resolve("made").toUri());
      TokenFile file = ZipfShard.write(configuration, made, size, VOCABULARY, 1);
      return new TokenCache.Shard(made.getFileSystem(configuration), made, file);
    }
    FileSystem files = tokens.getFileSystem(configuration);
    TokenFile largest =
        TokenManifest.read(files, tokens).train().files().stream()
            .max(Comparator.comparingLong(TokenFile::tokens))
            .orElseThrow();
    return new TokenCache.Shard(files, tokens, largest);
  }

  private Map<String, Object> measure(TokenCache.Shard shard, java.nio.file.Path scratch) {
    double[] first = new double[repeats + 1];
    double[] cached = new double[repeats + 1];
    for (int i = 0; i <= repeats; i++) {
      try (TokenCache cache = new TokenCache(List.of(scratch.resolve("cache")))) {
        first[i] = millisecondsToOpen(cache, shard);
        cached[i] = millisecondsToOpen(cache, shard);
      }
    }
    // The first of all ran in the interpreter.
    Arrays.sort(first, 1, first.length);
    Arrays.sort(cached, 1, cached.length);
    double median = first[1 + (repeats - 1) / 2];
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "shards");
    result.put("tokens", shard.file().tokens());
    result.put("shardBytes", shard.file().bytes());
    result.put("repeats", repeats);
    result.put("bestMs", first[1]);
    result.put("medianMs", median);
    result.put("tokensPerSecond", shard.file().tokens() / median * 1e3);
    result.put("cachedMs", cached[1 + (repeats - 1) / 2]);
    return result;
  }

  private static double millisecondsToOpen(TokenCache cache, TokenCache.Shard shard) {
    long start = System.nanoTime();
    IntBuffer ids = cache.open(shard, ShardsBenchmark.class);
    double milliseconds = (System.nanoTime() - start) / 1e6;
    if (ids.remaining() != shard.file().tokens()) {
      throw new IllegalStateException("decoded " + ids.remaining() + " tokens");
    }
    return milliseconds;
  }

  private static void delete(java.nio.file.Path directory) throws IOException {
    try (Stream<java.nio.file.Path> paths = Files.walk(directory)) {
      for (java.nio.file.Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
