package org.sparkgpt.decontaminate;

/**
 * One row of the contamination table: what an evaluation set and the training documents have in
 * common.
 *
 * @param examples in the set
 * @param ngramLength words of its n-grams
 * @param ngrams distinct ones in the set
 * @param ngramsFound of these, in at least one training document
 * @param ngramsIgnored of these, in so many documents that they cut nothing
 * @param examplesFound examples with an n-gram that was found: GPT-3's dirty ones
 * @param examplesClean the other ones
 * @param examplesTooShort of these, examples shorter than an n-gram, in which none can be found
 * @param documents training documents with something to cut for this set
 * @param documentsCut of these, documents that were kept
 * @param documentsDropped of these, documents that were dropped
 * @param charactersRemoved UTF-16 units: windows cut for this set out of documents that were kept,
 *     and all of those that were dropped
 */
public record Contamination(
    String set,
    long examples,
    int ngramLength,
    long ngrams,
    long ngramsFound,
    long ngramsIgnored,
    long examplesFound,
    long examplesClean,
    long examplesTooShort,
    long documents,
    long documentsCut,
    long documentsDropped,
    long charactersRemoved) {}
