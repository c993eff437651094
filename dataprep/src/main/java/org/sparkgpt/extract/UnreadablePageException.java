package org.sparkgpt.extract;

import java.io.IOException;
import org.sparkgpt.corpus.Verdict;

/**
 * A page that cannot be read within its limits. Reasons: {@code extract/} {@code too-deep} (value:
 * depth of the most deeply nested element), {@code damaged} (the parser's own fault).
 */
public final class UnreadablePageException extends IOException {
  private final transient Verdict verdict;

  private UnreadablePageException(Verdict verdict) {
    super(verdict.toString());
    this.verdict = verdict;
  }

  static UnreadablePageException tooDeep(int depth, int maxDepth) {
    return new UnreadablePageException(new Verdict("extract/too-deep", depth, maxDepth));
  }

  static UnreadablePageException damaged() {
    return new UnreadablePageException(new Verdict("extract/damaged"));
  }

  public Verdict verdict() {
    return verdict;
  }
}
