package org.sparkgpt.stage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Which of a run's finished stages led to each other. A directory may also hold the output of a
 * stage that was taken out of the run since, or that was made from what is no longer there.
 *
 * @param stages in the chain's order
 * @param leftOut finished ones that do not belong to them
 */
public record Lineage(List<StageName> stages, List<StageName> leftOut) {
  private static final String DOCUMENTS = "documents";

  /** The manifests of a run's stages from scrape to tokenize that have finished. */
  public static Map<StageName, StageManifest> manifests(FileSystem fs, Path run) {
    Map<StageName, StageManifest> found = new EnumMap<>(StageName.class);
    for (StageName stage : StageName.values()) {
      if (stage.compareTo(StageName.TOKENIZE) <= 0) {
        StageManifest.find(fs, stage.directory(run)).ifPresent(m -> found.put(stage, m));
      }
    }
    return found;
  }

  /**
   * The stages up to the documents that the tokens were made of, or where there are no such tokens
   * up to the last documents whose making can be followed back to ingestion.
   *
   * @param found as {@link #manifests} has them
   */
  public static Lineage of(Map<StageName, StageManifest> found) {
    List<StageName> documents =
        found.keySet().stream().filter(StageName::writesDocuments).sorted().toList();
    Optional<StageName> last =
        readBy(found, documents, StageName.TOKENIZE)
            .or(() -> readBy(found, documents, StageName.TRAIN_TOKENIZER))
            .or(() -> lastOfWholeChain(found, documents))
            .or(() -> documents.stream().reduce((earlier, later) -> later));
    List<StageName> stages = new ArrayList<>();
    last.ifPresent(stage -> stages.addAll(chain(found, documents, stage)));
    for (StageName stage : found.keySet()) {
      boolean fitting =
          stage == StageName.SCRAPE
              || !stage.writesDocuments() && readBy(found, documents, stage).equals(last);
      if (fitting) {
        stages.add(stage);
      }
    }
    Collections.sort(stages);
    return new Lineage(
        List.copyOf(stages), found.keySet().stream().filter(s -> !stages.contains(s)).toList());
  }

  /** The stage whose documents {@code reader} read, if they are still there. */
  private static Optional<StageName> readBy(
      Map<StageName, StageManifest> found, List<StageName> documents, StageName reader) {
    if (!found.containsKey(reader)) {
      return Optional.empty();
    }
    String digest = found.get(reader).inputs().get(DOCUMENTS);
    return documents.stream()
        .filter(s -> s.compareTo(reader) < 0 && Objects.equals(found.get(s).digest(), digest))
        .findFirst();
  }

  private static Optional<StageName> lastOfWholeChain(
      Map<StageName, StageManifest> found, List<StageName> documents) {
    return documents.stream()
        .filter(s -> chain(found, documents, s).get(0) == StageName.INGEST)
        .reduce((earlier, later) -> later);
  }

  /** The stages that led to {@code last}, itself included, in the chain's order. */
  private static List<StageName> chain(
      Map<StageName, StageManifest> found, List<StageName> documents, StageName last) {
    List<StageName> chain = new ArrayList<>();
    Optional<StageName> stage = Optional.of(last);
    while (stage.isPresent()) {
      chain.add(0, stage.get());
      stage = readBy(found, documents, stage.get());
    }
    return chain;
  }
}
