package org.sparkgpt.redact;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a document with personal data. */
public enum RedactAction {
  /** It is kept, with placeholders. */
  @JsonProperty("redact")
  REDACT,

  /** It goes. */
  @JsonProperty("drop")
  DROP
}
