/**
 * Passages that are in the corpus more than once: paragraphs, lines, runs of sentences, and any run
 * of n words whatever its borders.
 *
 * <p><b>What is removed.</b> A text is read as units (lines, sentences, words; see {@link
 * org.sparkgpt.passages.Units}), and a window is w units in a row: 1 line, 3 sentences, n words. A
 * window that is in the corpus twice, in two documents or at two places of one, is repeated. A unit
 * is removed if it is in a repeated window; with {@code keep: first}, if it is in one that is not
 * the first of its copies, in the order of document ids and then of positions. For words this is
 * the exact substring deduplication of Lee et al. 2021 (arXiv 2107.06499): each shared span of n
 * words and more is a run of repeated windows, and all of it is found. Equal means equal 64-bit
 * hashes; that any two of m different windows are taken for equal has a chance below m^2 / 2^65.
 * Removal can bring new repeats about, across its seams; they are not looked for.
 *
 * <p><b>How lines and sentences are compared.</b> Each window that is long enough is a row (hash,
 * document, place); rows are shuffled by hash, sorted, and read once: the first of a hash stays,
 * the others are found. Groups are never held in memory.
 *
 * <p><b>How words are compared</b>, without a suffix array and without a row for each word:
 *
 * <ol>
 *   <li>Windows with one {@linkplain org.sparkgpt.passages.Anchors anchor} are one row (hash of the
 *       anchor, hash of all that its windows cover, document, place), one for every (n - k + 2) / 2
 *       words, k = n / 3. Equal windows have equal anchors, so they meet in one group.
 *   <li>Rows with equal anchors and equal cover are copies, windows and all: nothing more is to be
 *       compared. This is the inside of every long repeat, and the whole of a corpus of copies.
 *   <li>If a group has several covers, which is so at the ends of repeats and for runs of k words
 *       that occur in different company, one row of each cover is handed on, and each of its
 *       windows becomes a row by itself, with its hash. These are shuffled, sorted and read as
 *       lines are. One of each cover is enough, the smallest by document and place, as its copies
 *       have the same windows.
 * </ol>
 *
 * <p><b>Cost.</b> Linear in the text, for one repeated word as for a corpus of copies: no step
 * compares pairs. The texts are shuffled once, for all methods; what is found comes to them, sorted
 * as they are. A row of a shuffle is about 35 bytes: with n = 50 those of the words, both steps,
 * are a quarter to a third of English text, more where many repeats begin and end; those of
 * sentences are a tenth, of lines as many as are long enough. {@code bench passages} prints these
 * shares for a run's documents.
 *
 * <p>No result depends on how rows are spread or ordered. A hash's rows are sorted in one task, on
 * disk if they are many; a document must fit into memory, with one bit for each of its units.
 */
package org.sparkgpt.passages;
