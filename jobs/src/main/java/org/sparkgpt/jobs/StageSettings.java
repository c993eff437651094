package org.sparkgpt.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.sparkgpt.stage.StageManifest;

/** The settings that a finished stage ran with. */
final class StageSettings {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private StageSettings() {}

  /**
   * @throws IllegalArgumentException if another build wrote them, which this one does not
   *     understand
   */
  static <T> T of(StageManifest stage, String section, Class<T> type) {
    try {
      return JSON.treeToValue(stage.config().path(section), type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          stage.stage()
              + ": its settings are another build's ("
              + e.getOriginalMessage().lines().findFirst().orElse("")
              + "); run the stage again with --overwrite",
          e);
    }
  }
}
