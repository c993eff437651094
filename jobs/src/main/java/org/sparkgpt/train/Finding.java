package org.sparkgpt.train;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@link Preflight} found out about one topic.
 *
 * @param topic one word
 * @param facts what there is, with numbers
 * @param wrong what keeps the run from succeeding, with the setting to change
 * @param doubtful what may hurt it
 */
public record Finding(String topic, String facts, List<String> wrong, List<String> doubtful) {
  public Finding {
    wrong = List.copyOf(wrong);
    doubtful = List.copyOf(doubtful);
  }

  static Draft of(String topic) {
    return new Draft(topic);
  }

  public boolean isOk() {
    return wrong.isEmpty() && doubtful.isEmpty();
  }

  /** Topic, facts and verdict: {@code preflight: slots 2 executors x 1 core ... ok}. */
  public String line() {
    StringBuilder line = new StringBuilder(String.format("preflight: %-12s%s", topic, facts));
    wrong.forEach(what -> line.append("; wrong: ").append(what));
    doubtful.forEach(what -> line.append("; doubtful: ").append(what));
    return isOk() ? line.append(" ok").toString() : line.toString();
  }

  /** A finding that is being made. */
  static final class Draft {
    private final String topic;
    private final List<String> wrong = new ArrayList<>();
    private final List<String> doubtful = new ArrayList<>();

    private Draft(String topic) {
      this.topic = topic;
    }

    Draft wrongIf(boolean is, String what) {
      if (is) {
        wrong.add(what);
      }
      return this;
    }

    Draft doubtfulIf(boolean is, String what) {
      if (is) {
        doubtful.add(what);
      }
      return this;
    }

    Finding with(String facts, Object... values) {
      return new Finding(
          topic, String.format(java.util.Locale.ROOT, facts, values), wrong, doubtful);
    }
  }
}
