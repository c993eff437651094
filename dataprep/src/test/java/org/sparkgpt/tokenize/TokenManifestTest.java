package org.sparkgpt.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenManifestTest {
  @TempDir private java.nio.file.Path local;
  private FileSystem files;
  private Path dir;

  @BeforeEach
  void open() throws IOException {
    files = FileSystem.getLocal(new Configuration());
    dir = new Path(local.toUri());
  }

  private static TokenManifest manifest(Integer endOfText) {
    TokenSplit train =
        new TokenSplit(
            List.of(
                new TokenFile("train/part-00000-of-00002.parquet", 2, 300, 3, 900, "0000abcd", 99),
                new TokenFile(
                    "train/part-00001-of-00002.parquet", 1, 100, 2, 400, "12345678", 55)));
    TokenSplit val =
        new TokenSplit(
            List.of(new TokenFile("val/part-00000-of-00001.parquet", 1, 9, 1, 30, "00000000", 9)));
    return new TokenManifest(
        1, "00ff", 300, endOfText, Long.MIN_VALUE, Map.of("train", train, "val", val));
  }

  @Test
  void whatIsWrittenReadsBackEqual() throws IOException {
    for (Integer endOfText : new Integer[] {299, null}) {
      manifest(endOfText).write(files, dir);
      assertThat(TokenManifest.read(files, dir)).isEqualTo(manifest(endOfText));
    }
    assertThat(manifest(null).train().tokens()).isEqualTo(400);
    assertThat(manifest(null).train().documents()).isEqualTo(5);
    assertThat(manifest(null).train().textBytes()).isEqualTo(1300);
  }

  @Test
  void aMissingManifestSaysWhatToRun() {
    assertThatThrownBy(() -> TokenManifest.read(files, dir))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(
            "_manifest.json does not exist: run tokenize first, or again if it was cut off");
  }

  @Test
  void anotherFormatIsRefused() throws IOException {
    Files.writeString(local.resolve("_manifest.json"), "{\"formatVersion\": 7, \"new\": true}");
    assertThatThrownBy(() -> TokenManifest.read(files, dir))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("_manifest.json: format 7, this build reads 1; run tokenize again");
  }

  @Test
  void aDamagedManifestIsNamed() throws IOException {
    manifest(299).write(files, dir);
    String json = Files.readString(local.resolve("_manifest.json"));
    for (String damaged :
        List.of(
            "",
            json.substring(0, json.length() / 2),
            json.replace("\"val\"", "\"test\""),
            json.replace("\"rows\"", "\"lines\""),
            json.replace("\"formatVersion\" : 1,", ""),
            "[]")) {
      files.delete(new Path(dir, "_manifest.json"), false); // with Hadoop's own checksum file
      Files.writeString(local.resolve("_manifest.json"), damaged);
      assertThatThrownBy(() -> TokenManifest.read(files, dir))
          .as(damaged)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("_manifest.json is damaged: ")
          .hasMessageEndingWith("; run tokenize again");
    }
  }
}
