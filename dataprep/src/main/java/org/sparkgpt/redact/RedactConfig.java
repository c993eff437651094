package org.sparkgpt.redact;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * Which personal data is replaced.
 *
 * @param classes that are searched for; one left out is not
 * @param action what becomes of a document that has any
 * @param maxPerDocument a document with more hits goes; null: however many
 */
public record RedactConfig(List<Pii> classes, RedactAction action, Integer maxPerDocument)
    implements Serializable {
  public RedactConfig {
    if (classes == null || classes.isEmpty() || classes.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException(
          "redact.classes must name at least one of " + List.of(Pii.values()));
    }
    classes = List.copyOf(classes);
    if (classes.stream().distinct().count() < classes.size()) {
      throw new IllegalArgumentException("redact.classes names a class twice: " + classes);
    }
    if (action == null) {
      throw new IllegalArgumentException("redact.action must be redact or drop");
    }
    if (maxPerDocument != null && maxPerDocument < 0) {
      throw new IllegalArgumentException(
          "redact.maxPerDocument must be 0 or more, or nothing, got " + maxPerDocument);
    }
    if (maxPerDocument != null && action == RedactAction.DROP) {
      throw new IllegalArgumentException(
          "redact.action=drop drops at the first hit: it goes without redact.maxPerDocument");
    }
  }
}
