package org.sparkgpt.clean;

import java.util.Optional;
import org.sparkgpt.corpus.Verdict;

/**
 * A test that a document passes or fails, and that says why; some also change the text that they
 * pass. A rule belongs to one thread: it may keep scratch memory.
 */
@FunctionalInterface
interface Rule {
  /** Why the text is not fit for training; empty if this rule has nothing against it. */
  Optional<Verdict> reject(Text text);
}
