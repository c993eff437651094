package org.sparkgpt.tokenize;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A tokenizer on disk, as Hugging Face's tools open it:
 *
 * <ul>
 *   <li>{@code tokenizer.json}: everything; the only file that {@link #load} reads. See {@link
 *       TokenizerJson}
 *   <li>{@code vocab.json}: token to id, in GPT-2's printable byte alphabet
 *   <li>{@code merges.txt}: {@code #version: 0.2}, then a merge a line, in rank order
 * </ul>
 *
 * {@code tokenizer_config.json} needs the model's context length and is written by export.
 */
public final class TokenizerFiles {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String VOCABULARY = "vocab.json";
  private static final String MERGES = "merges.txt";

  private TokenizerFiles() {}

  /** Writes the three files into {@code dir}, {@code tokenizer.json} last; replaces old ones. */
  public static void save(Tokenizer tokenizer, FileSystem files, Path dir) {
    TokenizerJson json = TokenizerJson.of(tokenizer);
    write(files, new Path(dir, VOCABULARY), json.vocabulary());
    write(files, new Path(dir, MERGES), json.mergesText());
    write(files, new Path(dir, TOKENIZER), json.tokenizer());
  }

  /**
   * The tokenizer that {@link #save} wrote, with the same ids and digest. GPT-2's own {@code
   * tokenizer.json} loads too.
   *
   * @throws IllegalArgumentException if there is none
   * @throws UncheckedIOException if it cannot be read or is damaged
   */
  public static Tokenizer load(FileSystem files, Path dir) {
    Path file = new Path(dir, TOKENIZER);
    try (InputStream in = files.open(file)) {
      return TokenizerJson.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(file + " does not exist: run train-tokenizer first", e);
    } catch (IOException | IllegalArgumentException e) {
      String message = file + ": " + e.getMessage() + "; run train-tokenizer again";
      throw new UncheckedIOException(message, new IOException(e));
    }
  }

  private static void write(FileSystem files, Path file, String content) {
    Path temporary = new Path(file.getParent(), "_tmp-" + UUID.randomUUID());
    try {
      try (OutputStream out = files.create(temporary)) {
        out.write(content.getBytes(StandardCharsets.UTF_8));
      }
      Renaming.replace(files, temporary, file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " could not be written: " + e.getMessage(), e);
    }
  }
}
