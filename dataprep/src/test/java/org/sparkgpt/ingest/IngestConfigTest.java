package org.sparkgpt.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class IngestConfigTest {
  @Test
  void inputsBindFromStringsAndObjects() throws JsonProcessingException {
    String json =
        """
        {"inputs": ["books", {"path": "a.jar", "include": ["*.html"]}],
         "maxDocumentBytes": 1000, "maxCompressionRatio": 10, "maxHtmlDepth": 5}""";

    IngestConfig config = new ObjectMapper().readValue(json, IngestConfig.class);

    assertThat(config.inputs())
        .containsExactly(
            IngestInput.of("books"), new IngestInput("a.jar", List.of("*.html"), List.of()));
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> new IngestConfig(List.of(), 0, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ingest.maxDocumentBytes must be between 1 and 1073741824, got 0");
    assertThatThrownBy(() -> new IngestConfig(List.of(), 1, Double.NaN))
        .hasMessage("ingest.maxCompressionRatio must be at least 1, got NaN");
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
    assertThat(FileType.of("a/B.TXT")).hasValue(new FileType(FileType.Format.TEXT, false));
    assertThat(FileType.of("x.lines.txt.gz"))
        .hasValue(new FileType(FileType.Format.TEXT_LINES, true));
    assertThat(FileType.of("x.warc.wet.gz")).hasValue(new FileType(FileType.Format.WARC, true));
    assertThat(FileType.of("x.tgz")).hasValue(new FileType(FileType.Format.TAR, true));
    assertThat(FileType.of("x.zip.gz")).isEmpty();
    assertThat(FileType.of("txt")).isEmpty();
    assertThat(FileType.of("a.md")).isEmpty();
  }
}
