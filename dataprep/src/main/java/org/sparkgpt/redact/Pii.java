package org.sparkgpt.redact;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Classes of personal data, in the order in which they are tried where a text could be several: an
 * account number that holds what looks like a card number counts once.
 */
public enum Pii {
  @JsonProperty("email")
  EMAIL("email", "|||EMAIL_ADDRESS|||"),
  @JsonProperty("iban")
  IBAN("iban", "|||ACCOUNT_NUMBER|||"),
  @JsonProperty("card")
  CARD("card", "|||CARD_NUMBER|||"),
  @JsonProperty("national-id")
  NATIONAL_ID("national-id", "|||NATIONAL_ID|||"),
  @JsonProperty("ip")
  IP("ip", "|||IP_ADDRESS|||"),
  @JsonProperty("phone")
  PHONE("phone", "|||PHONE_NUMBER|||");

  private final String label;
  private final String placeholder;

  Pii(String label, String placeholder) {
    this.label = label;
    this.placeholder = placeholder;
  }

  /** As run files and counts call it. */
  public String label() {
    return label;
  }

  /** What stands in the text instead; for e-mail, phone and IP as Dolma writes it, unpadded. */
  public String placeholder() {
    return placeholder;
  }

  @Override
  public String toString() {
    return label;
  }
}
