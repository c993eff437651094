package org.sparkgpt.card;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkgpt.card.CorpusFacts.Language;
import org.sparkgpt.card.CorpusFacts.Stage;
import org.sparkgpt.card.CorpusSurvey.Fate;
import org.sparkgpt.corpus.Verdict;
import org.sparkgpt.decontaminate.ContaminationTable;
import org.sparkgpt.stage.DocumentTable;
import org.sparkgpt.stage.Lineage;
import org.sparkgpt.stage.StageManifest;
import org.sparkgpt.stage.StageName;
import org.sparkgpt.stage.StageRunner;
import org.sparkgpt.tokenize.TokenManifest;

/** Gathers what a run's directory tells of its corpus: manifests, tables of documents, tokens. */
final class FactFinding {
  private static final JsonMapper JSON = new JsonMapper();

  private final FileSystem fs;
  private final Path run;
  private final Map<StageName, StageManifest> manifests;
  private final Map<StageName, Dataset<Row>> tables = new EnumMap<>(StageName.class);
  private final SortedMap<String, Language> languages = new TreeMap<>();

  FactFinding(FileSystem fs, Path run) {
    this.fs = fs;
    this.run = run;
    this.manifests = Lineage.manifests(fs, run);
  }

  /** Whether any stage that makes a corpus has finished. */
  boolean hasCorpus() {
    return !manifests.isEmpty();
  }

  /**
   * @param spark opens the session if there are tables to read
   * @throws IllegalStateException if a file of a table is missing or has another size
   */
  CorpusFacts gather(Supplier<SparkSession> spark) throws IOException {
    Lineage lineage = Lineage.of(manifests);
    boolean any = lineage.stages().stream().anyMatch(StageName::writesDocuments);
    SparkSession session = any ? spark.get() : null; // nothing is asked of no documents
    CorpusSurvey survey = new CorpusSurvey(session);
    List<Stage> stages = new ArrayList<>();
    for (StageName name : lineage.stages()) {
      stages.add(
          name.writesDocuments()
              ? judged(session, survey, name)
              : new Stage(name, manifests.get(name), Count.NONE, new TreeMap<>()));
    }
    Optional<Dataset<Row>> kept =
        tables.values().stream()
            .reduce((earlier, later) -> later)
            .map(table -> table.where(table.col(Verdict.REASON).isNull()));
    return new CorpusFacts(
        fs.makeQualified(new Path(run.toString())).getName(), // of "." and "runs/demo/" too
        stages,
        lineage.leftOut(),
        languages,
        kept.map(documents -> survey.lengths(documents)).orElse(Lengths.NONE),
        kept.map(documents -> survey.sites(documents)).orElse(Top.NONE),
        kept.map(documents -> survey.licences(documents)).orElse(Top.NONE),
        table(StageName.DEDUP).map(all -> survey.duplicates(all)).orElse(List.of()),
        table(StageName.QUALITY).flatMap(all -> survey.scores(all)),
        kept.map(documents -> survey.redactions(documents)).orElse(new TreeMap<>()),
        contamination(lineage),
        tokens(lineage));
  }

  private Optional<Dataset<Row>> table(StageName stage) {
    return Optional.ofNullable(tables.get(stage));
  }

  /**
   * Also notes the languages: as they were read where they are first known, and as they are left.
   */
  private Stage judged(SparkSession spark, CorpusSurvey survey, StageName name) throws IOException {
    StageManifest manifest = StageRunner.require(fs, run, name);
    Dataset<Row> table = DocumentTable.readAll(spark, name.directory(run), manifest);
    tables.put(name, table);
    Count kept = Count.NONE;
    SortedMap<String, Count> dropped = new TreeMap<>();
    SortedMap<String, Count> left = new TreeMap<>();
    SortedMap<String, Count> read = new TreeMap<>();
    for (Fate fate : survey.fates(table)) {
      fate.language().ifPresent(language -> read.merge(language, fate.count(), Count::plus));
      if (fate.reason().isPresent()) {
        dropped.merge(fate.reason().get(), fate.count(), Count::plus);
      } else {
        kept = kept.plus(fate.count());
        fate.language().ifPresent(language -> left.merge(language, fate.count(), Count::plus));
      }
    }
    if (languages.isEmpty()) {
      read.forEach((language, count) -> languages.put(language, new Language(count, Count.NONE)));
    }
    languages.replaceAll(
        (language, counts) -> new Language(counts.read(), left.getOrDefault(language, Count.NONE)));
    return new Stage(name, manifest, kept, dropped);
  }

  private List<JsonNode> contamination(Lineage lineage) throws IOException {
    Path file = new Path(StageName.DECONTAMINATE.directory(run), ContaminationTable.FILE);
    if (!lineage.stages().contains(StageName.DECONTAMINATE) || !fs.exists(file)) {
      return List.of();
    }
    try (InputStream in = fs.open(file)) {
      List<JsonNode> rows = new ArrayList<>();
      JSON.readTree(in).forEach(rows::add);
      return rows;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          file
              + ": damaged ("
              + e.getOriginalMessage()
              + "); make it again with scripts/sparkgpt decontaminate --overwrite",
          e);
    }
  }

  private Optional<TokenManifest> tokens(Lineage lineage) {
    return lineage.stages().contains(StageName.TOKENIZE)
        ? Optional.of(TokenManifest.read(fs, StageName.TOKENIZE.directory(run)))
        : Optional.empty();
  }
}
