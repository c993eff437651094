package org.sparkgpt.card;

import org.sparkgpt.stage.StageName;

/** What nobody looked at. */
final class Limits {
  private Limits() {}

  static Section section(CorpusFacts facts) {
    Section section = new Section("Known limits");
    section.say(
        "Nobody has checked whether what the documents say is true, fair or harmless, or who wrote"
            + " them.");
    section.say(
        "Licences are what documents say of themselves. Robots rules and opt-outs are those of the"
            + " time of the crawl.");
    if (has(facts, StageName.CLEAN)) {
      section.say(
          "Languages are a statistical guess, poor for short and for mixed texts. Quality rules are"
              + " made for prose: lists, code, poetry and dialects are dropped more often than they"
              + " deserve.");
    }
    section.say(
        has(facts, StageName.DEDUP)
            ? "Documents were compared as wholes: a chapter is not found to be part of its book"
                + (has(facts, StageName.PASSAGES) ? " but by its passages." : ".")
            : "Documents may be in the corpus more than once.");
    section.say(
        has(facts, StageName.DECONTAMINATE)
            ? "Only the evaluation sets in the table were searched for, by their exact words;"
                + " translations and paraphrases are not found."
            : "No evaluation set was searched for: results on public benchmarks may be results of"
                + " having read them.");
    section.say(
        has(facts, StageName.REDACT)
            ? "Personal data was searched for by its form. Names, postal addresses and what a text"
                + " tells of a person are still there."
            : "Personal data has not been removed.");
    return section;
  }

  private static boolean has(CorpusFacts facts, StageName stage) {
    return facts.stage(stage).isPresent();
  }
}
