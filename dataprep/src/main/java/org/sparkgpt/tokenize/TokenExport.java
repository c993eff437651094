package org.sparkgpt.tokenize;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Token shards written anew as another program reads them, with {@code export.json}: this record,
 * in JSON under these names and last. Ids pass through a buffer.
 *
 * @param formatVersion {@link #FORMAT_VERSION}, of {@code export.json}
 * @param format whose files they are
 * @param tokenizerDigest {@link Tokenizer#digest}
 * @param vocabularySize all ids are below
 * @param endOfText the id that closes each document; null if the tokenizer has none
 * @param files in the order in which they were written
 */
public record TokenExport(
    int formatVersion,
    TokenFormat format,
    String tokenizerDigest,
    int vocabularySize,
    Integer endOfText,
    List<ExportedFile> files) {
  public static final int FORMAT_VERSION = 1;

  private static final Logger LOG = LoggerFactory.getLogger(TokenExport.class);
  private static final String NAME = "export.json";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final long NANOS_BETWEEN_LINES = Duration.ofSeconds(10).toNanos();

  /**
   * Exports the shards in {@code tokens}.
   *
   * @param name of the data set, for files that carry one
   * @param directory into which the files are written: a new one, unfinished until this returns
   * @throws IllegalArgumentException if the shards are unfinished or the vocabulary is too large
   *     for the format
   * @throws UncheckedIOException if a shard is damaged or the files cannot be written
   */
  public static TokenExport write(
      Configuration configuration, Path tokens, TokenFormat format, String name, Path directory) {
    try {
      FileSystem source = tokens.getFileSystem(configuration);
      FileSystem files = directory.getFileSystem(configuration);
      TokenManifest manifest = TokenManifest.read(source, tokens);
      format.requireRoom(manifest.vocabularySize());
      files.mkdirs(directory);
      return new Run(source, tokens, manifest, files, directory, name).write(format);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " could not be written: " + e, e);
    }
  }

  /**
   * Whether an export may take the place of what is in {@code out}.
   *
   * @param overwrite whether an earlier export there may be replaced
   * @throws IllegalArgumentException if it must stay
   */
  public static void requireReplaceable(FileSystem files, Path out, boolean overwrite)
      throws IOException {
    if (!files.exists(out)) {
      return;
    }
    boolean isExport = files.exists(new Path(out, NAME));
    boolean isEmpty = files.getFileStatus(out).isDirectory() && files.listStatus(out).length == 0;
    if (isExport && !overwrite) {
      throw new IllegalArgumentException(
          out + ": holds an export; add --overwrite to replace it, or choose another --out");
    }
    if (!isExport && !isEmpty) {
      throw new IllegalArgumentException(
          out + ": exists and is no export of tokens; choose another --out");
    }
  }

  /** One export, on its way. */
  private record Run(
      FileSystem source,
      Path tokens,
      TokenManifest manifest,
      FileSystem files,
      Path out,
      String name) {

    TokenExport write(TokenFormat format) throws IOException {
      List<ExportedFile> written = new ArrayList<>();
      for (String split : List.of(TokenManifest.TRAIN, TokenManifest.VAL)) {
        try (SplitWriter writer = writer(format, split)) {
          written.addAll(write(split, writer));
        }
      }
      for (ExportedFile file : written) {
        long bytes = files.getFileStatus(new Path(out, file.name())).getLen();
        requireEqual(file.name() + ": bytes", bytes, file.bytes());
      }
      TokenExport export =
          new TokenExport(
              FORMAT_VERSION,
              format,
              manifest.tokenizerDigest(),
              manifest.vocabularySize(),
              manifest.endOfText(),
              List.copyOf(written));
      try (OutputStream json = files.create(new Path(out, NAME), false)) {
        json.write(JSON.writeValueAsBytes(export));
      }
      return export;
    }

    private SplitWriter writer(TokenFormat format, String split) throws IOException {
      long ids = manifest.splits().get(split).tokens();
      return switch (format) {
        case NANOGPT -> PlainWriter.nanoGpt(files, out, split, ids);
        case LLMC -> PlainWriter.llmc(files, out, name, split, ids, PlainWriter.LLMC_TOKENS);
        case MEGATRON ->
            new MegatronWriter(
                files, out, name, split, manifest.vocabularySize(), manifest.endOfText());
      };
    }

    private List<ExportedFile> write(String split, SplitWriter writer) throws IOException {
      TokenSplit shards = manifest.splits().get(split);
      long[] seen = new long[2]; // ids, ends of documents
      long lastLine = System.nanoTime();
      for (TokenFile shard : shards.files()) {
        ShardReader.stream(
            source,
            tokens,
            shard,
            page -> {
              count(page.asIntBuffer(), shard, seen);
              writer.add(page.asIntBuffer());
            });
        writer.endShard();
        if (System.nanoTime() - lastLine > NANOS_BETWEEN_LINES) {
          lastLine = System.nanoTime();
          LOG.info("export-tokens: {} of {} {} tokens", seen[0], shards.tokens(), split);
        }
      }
      List<ExportedFile> written = writer.finish();
      requireEqual(split + ": tokens", seen[0], shards.tokens());
      requireEqual(
          split + ": tokens written",
          written.stream().mapToLong(ExportedFile::tokens).sum(),
          shards.tokens());
      if (manifest.endOfText() != null) {
        requireEqual(split + ": documents", seen[1], shards.documents());
      }
      return written;
    }

    private void count(IntBuffer ids, TokenFile shard, long[] seen) throws IOException {
      int end = manifest.endOfText() == null ? -1 : manifest.endOfText();
      seen[0] += ids.remaining();
      while (ids.hasRemaining()) {
        int id = ids.get();
        if (id < 0 || id >= manifest.vocabularySize()) {
          throw new IOException(
              "%s: id %d is not in the vocabulary of %d; run tokenize again"
                  .formatted(shard.path(), id, manifest.vocabularySize()));
        }
        seen[1] += id == end ? 1 : 0;
      }
    }

    private void requireEqual(String what, long found, long expected) throws IOException {
      if (found != expected) {
        throw new IOException(
            "%s, %s: found %d, expected %d; run tokenize again"
                .formatted(tokens, what, found, expected));
      }
    }
  }
}
