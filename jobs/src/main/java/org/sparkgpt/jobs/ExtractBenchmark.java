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
import org.sparkgpt.extract.HtmlCharset;
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
      "Example: DIR/NAME/source.html in UTF-8, and beside it expected.html where the main text is known",
      "  scripts/sparkgpt bench extract pages"
    })
final class ExtractBenchmark implements Callable<Integer> {
  private static final double PAGE_BYTES = 60_000;

  /** Passes until the compiler has done its work. */
  private static final int WARM_UPS = 3;

  private static final String URL = "http://example.org/page.html";

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
    if (samples.isEmpty()) {
      throw new IllegalArgumentException(directory + ": no page in it, such as NAME/source.html");
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "extract");
    result.putAll(speed(samples));
    List<Sample> known = samples.stream().filter(sample -> sample.expected != null).toList();
    if (!known.isEmpty()) {
      for (ExtractConfig.Mode mode : ExtractConfig.Mode.values()) {
        result.put(mode.name().toLowerCase(Locale.ROOT), quality(known, mode));
      }
    }
    spec.commandLine().getOut().println(new JsonMapper().writeValueAsString(result));
    return 0;
  }

  private List<Sample> samples() throws IOException {
    List<Sample> samples = new ArrayList<>();
    try (Stream<Path> pages = Files.list(directory)) {
      for (Path page : pages.sorted().toList()) {
        Path source = page.resolve("source.html");
        Path expected = page.resolve("expected.html");
        if (Files.exists(source)) {
          String text =
              Files.exists(expected) ? Jsoup.parse(Files.readString(expected)).text() : null;
          samples.add(new Sample(page.getFileName().toString(), Files.readAllBytes(source), text));
        }
      }
    }
    return samples;
  }

  private Map<String, Object> speed(List<Sample> samples) throws UnreadablePageException {
    double[] all = new double[repeats];
    double[] parsing = new double[repeats];
    for (int i = -WARM_UPS; i < repeats; i++) {
      double seconds = secondsToRead(samples);
      double parsed = secondsToParse(samples);
      if (i >= 0) {
        all[i] = seconds;
        parsing[i] = parsed;
      }
    }
    long bytes = samples.stream().mapToLong(sample -> sample.page.length).sum();
    double seconds = median(all);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("pages", samples.size());
    result.put("bytes", bytes);
    result.put("repeats", repeats);
    result.put("pagesPerSecond", samples.size() / seconds);
    result.put("megabytesPerSecond", bytes / seconds / 1e6);
    result.put("pagesOf60kBPerSecond", bytes / seconds / PAGE_BYTES);
    result.put("parseShare", median(parsing) / seconds);
    return result;
  }

  private static double secondsToRead(List<Sample> samples) throws UnreadablePageException {
    PageReader reader = reader(ExtractConfig.Mode.RECALL);
    long characters = 0;
    long start = System.nanoTime();
    for (Sample sample : samples) {
      characters += reader.read(sample.page, StandardCharsets.UTF_8, URL).text().length();
    }
    return seconds(start, characters);
  }

  /** What jsoup alone takes for the same characters. */
  private static double secondsToParse(List<Sample> samples) {
    long nodes = 0;
    double seconds = 0;
    for (Sample sample : samples) {
      String html = HtmlCharset.decode(sample.page, StandardCharsets.UTF_8);
      long start = System.nanoTime();
      nodes = Jsoup.parse(html, URL).childNodeSize();
      seconds += seconds(start, nodes);
    }
    return seconds;
  }

  /** Checks that the work was done, and so keeps the compiler from leaving it out. */
  private static double seconds(long start, long produced) {
    double seconds = (System.nanoTime() - start) / 1e9;
    if (produced == 0) {
      throw new IllegalStateException("nothing was read off the pages");
    }
    return seconds;
  }

  private static Map<String, Object> quality(List<Sample> samples, ExtractConfig.Mode mode)
      throws UnreadablePageException {
    PageReader reader = reader(mode);
    Map<Sample, ShingleOverlap> overlaps = new LinkedHashMap<>();
    for (Sample sample : samples) {
      String text = reader.read(sample.page, StandardCharsets.UTF_8, URL).text();
      overlaps.put(sample, ShingleOverlap.of(text, sample.expected));
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("all", averages(overlaps, sample -> true));
    result.put("tunedOn", averages(overlaps, Sample::isTuning));
    result.put("heldOut", averages(overlaps, sample -> !sample.isTuning()));
    return result;
  }

  private static Map<String, Object> averages(
      Map<Sample, ShingleOverlap> overlaps, Predicate<Sample> chosen) {
    List<ShingleOverlap> of =
        overlaps.entrySet().stream()
            .filter(overlap -> chosen.test(overlap.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    double precision = of.stream().mapToDouble(ShingleOverlap::precision).average().orElse(0);
    double recall = of.stream().mapToDouble(ShingleOverlap::recall).average().orElse(0);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("pages", of.size());
    result.put("precision", precision);
    result.put("recall", recall);
    result.put("f1", ShingleOverlap.f1(precision, recall));
    result.put("meanF1", of.stream().mapToDouble(ShingleOverlap::f1).average().orElse(0));
    return result;
  }

  /** Pages are measured, not rejected. */
  private static PageReader reader(ExtractConfig.Mode mode) {
    return new PageReader(new ExtractConfig(mode, 1L << 30, 600_000, 10_000));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
