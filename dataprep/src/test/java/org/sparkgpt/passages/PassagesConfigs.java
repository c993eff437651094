package org.sparkgpt.passages;

import java.util.List;

/** The defaults of the run file's section, for one method. */
final class PassagesConfigs {
  private PassagesConfigs() {}

  static PassagesConfig of(Keep keep, Method... methods) {
    return of(keep, 200, 50, methods);
  }

  static PassagesConfig of(Keep keep, int minCharacters, int minWords, Method... methods) {
    return new PassagesConfig(
        List.of(methods),
        minCharacters,
        new PassagesConfig.Paragraph(keep, 300, 40, 2),
        new PassagesConfig.Line(40, 2, 3),
        new PassagesConfig.Span(80),
        new PassagesConfig.Substring(keep, minWords));
  }
}
