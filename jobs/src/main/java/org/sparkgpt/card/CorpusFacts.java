package org.sparkgpt.card;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.tokenize.TokenManifest;

/**
 * What is known of a corpus and of how it was made.
 *
 * @param run name of the run's directory
 * @param stages that led to the corpus, in the chain's order, tokenization included
 * @param leftOut finished stages that did not lead to it
 * @param languages by ISO 639-3 code; empty if they were not identified
 * @param lengths of the documents that are left, in characters
 * @param sites of the documents that are left
 * @param licences that the documents that are left name
 * @param duplicates the largest groups of documents that were found to be the same
 * @param scores of all documents that were scored; empty if none were
 * @param redactions matches in the documents that are left, by class
 * @param contamination rows of the contamination table
 * @param tokens the corpus as tokens, if it has been tokenized
 */
record CorpusFacts(
    String run,
    List<Stage> stages,
    List<StageName> leftOut,
    SortedMap<String, Language> languages,
    Lengths lengths,
    Top sites,
    Top licences,
    List<Duplicate> duplicates,
    Optional<Scores> scores,
    SortedMap<String, Long> redactions,
    List<JsonNode> contamination,
    Optional<TokenManifest> tokens) {

  /**
   * A finished stage.
   *
   * @param kept documents that it kept; nothing of a stage that writes none
   * @param dropped documents that it dropped, by reason
   */
  record Stage(
      StageName name, StageManifest manifest, Count kept, SortedMap<String, Count> dropped) {}

  /**
   * @param read when languages were identified
   * @param kept to the end
   */
  record Language(Count read, Count kept) {}

  /**
   * @param size documents in the group, the one that is kept included
   * @param keeper its id
   * @param place address or file of the keeper; empty if it is not among these documents
   * @param opening its first characters
   */
  record Duplicate(long size, String keeper, String place, String opening) {}

  /**
   * A histogram of scores from 0 to 1.
   *
   * @param kept documents in each of {@link #BINS} equal parts that the stage kept
   * @param dropped documents in each that it dropped
   */
  record Scores(long[] kept, long[] dropped) {
    static final int BINS = 20;
  }

  Optional<Stage> stage(StageName name) {
    return stages.stream().filter(stage -> stage.name() == name).findFirst();
  }

  /** The last stage that wrote documents; nothing if the run has only crawled. */
  Optional<Stage> last() {
    return stages.stream()
        .filter(stage -> stage.name().writesDocuments())
        .reduce((earlier, later) -> later);
  }
}
