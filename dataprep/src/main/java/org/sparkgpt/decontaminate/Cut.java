package org.sparkgpt.decontaminate;

import java.util.List;
import org.sparkgpt.corpus.Verdict;

/**
 * What becomes of one text.
 *
 * @param text what is kept, its pieces joined by blank lines; of a dropped document all it had
 * @param removed what is removed, by start; what is cut for two sets is there for each
 * @param verdict null if the document is kept
 */
record Cut(String text, List<Span> removed, Verdict verdict) {}
