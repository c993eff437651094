package org.sparkgpt.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jsoup.Jsoup;
import org.sparkgpt.extract.ExtractConfig;
import org.sparkgpt.extract.PageReader;
import org.sparkgpt.extract.UnreadablePageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Times the reading of web pages, and compares the main text with the expected one. */
@Command(
    name = "extract",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Times the reading of web pages by one thread: characters, tree, metadata, main text.",
      "Where a page's main text is given, precision and recall of the shingles of four words are"
          + " printed, the average over all pages and over two halves, by CRC-32 of their names:"
          + " the extractor's rules were made with the pages of the first half.",
      ""
    },
    footer = {
      "",
      "Example: DIR/NAME/source.html, and beside it expected.html where the main text is known",
      "  scripts/sparkgpt bench extract pages"
    })
final class ExtractBenchmark implements Callable<Integer> {
  private static final double KILOBYTES_60 = 60_000;

  @Parameters(paramLabel = "DIR", description = "A local directory with a directory for each page.")
  private Path directory;

  @Option(names = "--repeats", defaultValue = "7", description = "Default ${DEFAULT-VALUE}")
  private int repeats;

  @Spec private CommandSpec spec;

  /**
   * @param expected the main text; null if not known
   */
  private record Sample(String name, byte[] page, String expected) {
    boolean isTuning() {
      CRC32 crc = new CRC32();
      crc.update(name.getBytes(StandardCharsets.UTF_8));
      return (crc.getValue() & 1) == 0;
    }
  }

  @Override
  public Integer call() throws Exception {
    ComputeOptions.requirePositive("--repeats", repeats);
    List<Sample> samples = samples();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "extract");
    result.putAll(speed(samples));
    for (ExtractConfig.Mode mode : ExtractConfig.Mode.values()) {
      String name = mode.name().toLowerCase(Locale.ROOT);
      result.put(name, quality(samples, mode));
    }
    spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(result));
    return 0;
  }
}
