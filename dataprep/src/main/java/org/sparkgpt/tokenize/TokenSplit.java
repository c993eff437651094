package org.sparkgpt.tokenize;

import java.io.Serializable;
import java.util.List;

/**
 * The shards of one split, in order.
 *
 * @param files never empty in a manifest that {@link TokenShards} wrote
 */
public record TokenSplit(List<TokenFile> files) implements Serializable {
  public TokenSplit {
    files = List.copyOf(files);
  }

  public long tokens() {
    return files.stream().mapToLong(TokenFile::tokens).sum();
  }

  public long documents() {
    return files.stream().mapToLong(TokenFile::documents).sum();
  }

  public long textBytes() {
    return files.stream().mapToLong(TokenFile::textBytes).sum();
  }
}
