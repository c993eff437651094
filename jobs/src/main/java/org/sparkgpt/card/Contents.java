package org.sparkgpt.card;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.sparkgpt.card.CorpusFacts.Language;
import org.sparkgpt.card.CorpusFacts.Scores;
import org.sparkgpt.report.Bars;
import org.sparkgpt.report.Columns;
import org.sparkgpt.report.Table;
import org.sparkgpt.report.Table.Share;
import org.sparkgpt.report.Text;
import org.sparkgpt.tokenize.TokenManifest;
import org.sparkgpt.tokenize.TokenSplit;

/** What the documents that are left are like. */
final class Contents {
  private static final int BARS = 12;
  private static final int NAME = 120;
  private static final long KI = 1024;
  private static final int[] PERCENTS = {1, 5, 25, 50, 75, 95, 99};

  private Contents() {}

  static Section languages(CorpusFacts facts) {
    Section section = new Section("Languages");
    if (facts.languages().isEmpty()) {
      return section.say("Not identified: the run has no finished clean stage.");
    }
    Count all = facts.last().orElseThrow().kept();
    List<Map.Entry<String, Language>> languages =
        facts.languages().entrySet().stream()
            .sorted(
                Comparator.comparing(
                        (Map.Entry<String, Language> e) -> -e.getValue().kept().characters())
                    .thenComparing(e -> -e.getValue().read().characters())
                    .thenComparing(Map.Entry::getKey))
            .toList();
    Bars bars =
        new Bars("characters by language: left (blue), dropped after identification (orange)");
    Table table =
        new Table(
            "By language",
            "code",
            "language",
            "documents",
            "characters",
            "of all characters",
            "documents read",
            "characters read");
    for (Map.Entry<String, Language> entry : languages) {
      Count kept = entry.getValue().kept();
      Count read = entry.getValue().read();
      String code = Text.line(entry.getKey(), NAME);
      String name = LanguageNames.of(code);
      Share share = Share.of(kept.characters(), all.characters());
      if (languages.indexOf(entry) < BARS) {
        bars.bar(
            name,
            kept.characters(),
            Math.max(0, read.characters() - kept.characters()),
            DataCard.number(kept.characters()) + " left, " + share);
      }
      table.row(
          code,
          name,
          kept.documents(),
          kept.characters(),
          share,
          read.documents(),
          read.characters());
    }
    return section
        .say(
            "Each document's main language, as the clean stage identified it. Read are all documents"
                + " that it saw, before it dropped any.")
        .draw(bars.svg())
        .numbers(table, languages.size() > BARS);
  }

  static Section lengths(CorpusFacts facts) {
    Section section = new Section("Lengths");
    Lengths lengths = facts.lengths();
    if (lengths.buckets().isEmpty()) {
      return section.say("There are no documents.");
    }
    Columns columns = new Columns("documents by length", "characters, from");
    Table histogram =
        new Table("Documents by length", "characters from", "to", "documents", "share");
    lengths
        .octaves()
        .forEach(
            (from, documents) -> {
              columns.column(binary(from), documents, 0);
              histogram.row(
                  from,
                  Math.max(0, 2 * from - 1),
                  documents,
                  Share.of(documents, lengths.documents()));
            });
    Table quantiles = new Table("Characters in a document", "what", "characters");
    quantiles.row("shortest", lengths.shortest());
    for (int percent : PERCENTS) {
      quantiles.row(percent == 50 ? "median" : percent + " % quantile", lengths.quantile(percent));
    }
    quantiles.row("longest", lengths.longest());
    quantiles.row("mean", lengths.mean());
    return section
        .say("Quantiles are within 3.2 % of the exact ones; the other figures are exact.")
        .draw(columns.svg())
        .numbers(histogram, true)
        .table(quantiles);
  }

  /** A power of two as 512, 8 Ki, 1 Mi. */
  private static String binary(long power) {
    return power < KI
        ? String.valueOf(power)
        : power < KI * KI ? power / KI + " Ki" : power / (KI * KI) + " Mi";
  }

  static Section sites(CorpusFacts facts) {
    Section section = new Section("Domains and files");
    Top sites = facts.sites();
    if (sites.groups() == 0) {
      return section.say("There are no documents.");
    }
    Count all = sites.largest().stream().map(Top.Group::count).reduce(sites.rest(), Count::plus);
    Bars bars = new Bars("characters left by domain or file");
    Table table =
        new Table(
            "Largest by characters",
            "domain or file",
            "kind",
            "documents",
            "characters",
            "of all characters");
    for (Top.Group site : sites.largest()) {
      Share share = Share.of(site.count().characters(), all.characters());
      String name = Text.line(site.name(), NAME);
      if (sites.largest().indexOf(site) < BARS) {
        bars.bar(
            name,
            site.count().characters(),
            0,
            DataCard.number(site.count().documents()) + " documents, " + share);
      }
      table.row(
          name,
          site.web() ? "web" : "file",
          site.count().documents(),
          site.count().characters(),
          share);
    }
    long others = sites.groups() - sites.largest().size();
    if (others > 0) {
      table.row(
          DataCard.number(others) + " others",
          "",
          sites.rest().documents(),
          sites.rest().characters(),
          Share.of(sites.rest().characters(), all.characters()));
    }
    return section
        .say(
            "Web pages by registered domain, or by host where there is none; other documents by the"
                + " file or archive they were read from.")
        .draw(bars.svg())
        .table(table);
  }

  static Section licences(CorpusFacts facts) {
    Section section = new Section("Licences");
    if (facts.last().isEmpty()) {
      return section.say("There are no documents.");
    }
    long all = facts.last().get().kept().documents();
    Top licences = facts.licences();
    long named =
        licences.largest().stream().mapToLong(g -> g.count().documents()).sum()
            + licences.rest().documents();
    Table table = new Table("Licences that documents name", "licence", "documents", "share");
    for (Top.Group licence : licences.largest()) {
      long documents = licence.count().documents();
      table.row(Text.line(licence.name(), NAME), documents, Share.of(documents, all));
    }
    if (licences.rest().documents() > 0) {
      table.row(
          DataCard.number(licences.groups() - licences.largest().size()) + " others",
          licences.rest().documents(),
          Share.of(licences.rest().documents(), all));
    }
    table.row("not known", all - named, Share.of(all - named, all));
    return section
        .say(
            "As documents name them in their own metadata; nobody checked. A document without one is"
                + " not free for that.")
        .table(table);
  }

  static Section tokens(CorpusFacts facts) {
    Section section = new Section("Tokens");
    if (facts.tokens().isEmpty()) {
      return section.say("Not tokenized yet.");
    }
    TokenManifest tokens = facts.tokens().get();
    Table splits =
        new Table("By split", "split", "tokens", "documents", "text bytes", "tokens per byte");
    tokens.splits().forEach((name, split) -> split(splits, name, split));
    long all = tokens.splits().values().stream().mapToLong(TokenSplit::tokens).sum();
    long characters = facts.last().map(last -> last.kept().characters()).orElse(0L);
    Table table = new Table("The tokens", "what", "value");
    table.row("vocabulary", tokens.vocabularySize());
    table.row("tokens", all);
    if (characters > 0) {
      table.row("tokens per character", (double) all / characters);
    }
    table.row("tokenizer, digest", Text.line(tokens.tokenizerDigest(), NAME));
    return section.table(table).table(splits);
  }

  private static void split(Table splits, String name, TokenSplit split) {
    long bytes = split.textBytes();
    splits.row(
        name,
        split.tokens(),
        split.documents(),
        bytes,
        bytes == 0 ? "" : (Object) ((double) split.tokens() / bytes));
  }

  /** Columns and table of a histogram of scores. */
  static Section scores(Section section, Scores scores) {
    Columns columns =
        new Columns("documents by score: kept (blue), dropped (orange)", "score, from");
    Table table = new Table("Documents by score", "score from", "to", "kept", "dropped");
    for (int i = 0; i < Scores.BINS; i++) {
      BigDecimal from = BigDecimal.valueOf(i * 100L / Scores.BINS, 2);
      BigDecimal to = BigDecimal.valueOf((i + 1) * 100L / Scores.BINS, 2);
      columns.column(from.toString(), scores.kept()[i], scores.dropped()[i]);
      table.row(from.toString(), to.toString(), scores.kept()[i], scores.dropped()[i]);
    }
    return section.draw(columns.svg()).numbers(table, true);
  }
}
