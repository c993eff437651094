package org.sparkgpt.jobs;

import org.sparkgpt.stage.Environment;
import picocli.CommandLine;

/** What {@code --version} prints. */
final class Version implements CommandLine.IVersionProvider {
  @Override
  public String[] getVersion() {
    return Environment.versions().entrySet().stream()
        .map(v -> v.getKey() + " " + v.getValue())
        .toArray(String[]::new);
  }
}
