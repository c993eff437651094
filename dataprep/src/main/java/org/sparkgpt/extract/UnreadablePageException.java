package org.sparkgpt.extract;

import java.io.IOException;
import org.sparkgpt.corpus.Verdict;

/**
 * A page that cannot be read within its limits. Reasons: {@code extract/} {@code too-large} (value:
 * bytes), {@code too-slow} (milliseconds spent), {@code too-deep} (elements nested in each other),
 * {@code damaged} (the parser's own fault).
 */
public final class UnreadablePageException extends IOException {
  private final transient Verdict verdict;

  private UnreadablePageException(Verdict verdict) {
    super(verdict.toString());
    this.verdict = verdict;
  }

  static UnreadablePageException tooLarge(long bytes, long maxBytes) {
    return new UnreadablePageException(new Verdict("extract/too-large", bytes, maxBytes));
  }

  static UnreadablePageException tooSlow(long millis, long maxMillis) {
    return new UnreadablePageException(new Verdict("extract/too-slow", millis, maxMillis));
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
