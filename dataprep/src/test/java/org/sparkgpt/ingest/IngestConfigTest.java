package org.sparkgpt.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkgpt.ingest.FileType.Compression;
import org.sparkgpt.ingest.FileType.Format;

class IngestConfigTest {
  @Test
  void inputsBindFromStringsAndObjects() throws JsonProcessingException {
    String json =
        """
        {"inputs": ["books", {"path": "a.jar", "include": ["*.html"]}],
         "maxDocumentBytes": 1000, "maxCompressionRatio": 10, "maxNesting": 1,
         "maxNestedBytes": 5000}""";

    IngestConfig config = new ObjectMapper().readValue(json, IngestConfig.class);

    assertThat(config.inputs())
        .containsExactly(
            IngestInput.of("books"), new IngestInput("a.jar", List.of("*.html"), List.of()));
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> new IngestConfig(List.of(), 0, 10, 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ingest.maxDocumentBytes must be between 1 and 1073741824, got 0");
    assertThatThrownBy(() -> new IngestConfig(List.of(), 1, Double.NaN, 2, 1))
        .hasMessage("ingest.maxCompressionRatio must be at least 1, got NaN");
    assertThatThrownBy(() -> new IngestConfig(List.of(), 1, 1, -1, 1))
        .hasMessage("ingest.maxNesting must not be negative, got -1");
    assertThatThrownBy(() -> new IngestConfig(List.of(), 1, 1, 0, 0))
        .hasMessage("ingest.maxNestedBytes must be positive, got 0");
    assertThatThrownBy(() -> IngestInput.of(" ")).hasMessageContaining("without a path");
    assertThatThrownBy(() -> Glob.compile("a{b")).hasMessageContaining("a{b opens a {");
  }

  @Test
  void patternsStayWithinASegmentUnlessDoubled() {
    assertThat(matches("package/*/data/*.txt", "package/sotu/data/a.txt")).isTrue();
    assertThat(matches("package/*.txt", "package/sotu/a.txt")).isFalse();
    assertThat(matches("package/**", "package/sotu/a.txt")).isTrue();
    assertThat(matches("**/a.txt", "a.txt")).isTrue();
    assertThat(matches("*.html", "deep/down/a.html")).isTrue();
    assertThat(matches("*.{htm,html}", "a.htm")).isTrue();
    assertThat(matches("chapter_?.txt", "chapter_1.txt")).isTrue();
    assertThat(matches("a.txt", "abtxt")).isFalse();
  }

  private static boolean matches(String glob, String name) {
    return Glob.compile(glob).matcher(name).matches();
  }

  @Test
  void typesAreToldByName() {
    assertThat(FileType.of("a/B.TXT")).hasValue(new FileType(Format.TEXT, Compression.NONE));
    assertThat(FileType.of("x.lines.txt.gz"))
        .hasValue(new FileType(Format.TEXT_LINES, Compression.GZIP));
    assertThat(FileType.of("x.warc.wet.gz")).hasValue(new FileType(Format.WARC, Compression.GZIP));
    assertThat(FileType.of("x.warc.zst")).hasValue(new FileType(Format.WARC, Compression.ZSTD));
    assertThat(FileType.of("x.arc.gz")).hasValue(new FileType(Format.ARC, Compression.GZIP));
    assertThat(FileType.of("wiki.xml.bz2"))
        .hasValue(new FileType(Format.MEDIAWIKI, Compression.BZIP2));
    assertThat(FileType.of("x.tgz")).hasValue(new FileType(Format.TAR, Compression.GZIP));
    assertThat(FileType.of("x.epub.gz")).isEmpty();
    assertThat(FileType.of("x.zip.gz")).isEmpty();
    assertThat(FileType.of("txt")).isEmpty();
    assertThat(FileType.of("a.md")).isEmpty();
  }
}
