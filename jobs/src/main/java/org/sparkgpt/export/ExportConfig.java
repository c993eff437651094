package org.sparkgpt.export;

import java.util.List;

/**
 * What becomes of a trained model; the {@code export} section of a run file.
 *
 * @param format in which it is written, side by side if there are several
 */
public record ExportConfig(List<ExportFormat> format) {
  public ExportConfig {
    if (format == null || format.isEmpty() || format.contains(null)) {
      throw new IllegalArgumentException("export.format is empty: huggingface, dl4j or both");
    }
    format = format.stream().distinct().sorted().toList();
  }
}
