package org.sparkgpt.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory of model files to read from, on whatever file system. */
public interface ModelDirectory {
  /** How errors call it. */
  String location();

  InputStream open(String name) throws IOException;

  /** Size of a file in bytes. */
  long length(String name) throws IOException;

  /** A directory of the local file system. */
  static ModelDirectory of(Path directory) {
    return new Local(directory);
  }

  /** See {@link #of}. */
  record Local(Path directory) implements ModelDirectory {
    @Override
    public String location() {
      return directory.toString();
    }

    @Override
    public InputStream open(String name) throws IOException {
      return Files.newInputStream(directory.resolve(name));
    }

    @Override
    public long length(String name) throws IOException {
      return Files.size(directory.resolve(name));
    }
  }
}
