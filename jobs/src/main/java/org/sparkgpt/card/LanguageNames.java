package org.sparkgpt.card;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;

/** English names of languages by ISO 639-3 code. */
final class LanguageNames {
  private static final Map<String, String> NAMES = new HashMap<>();

  static {
    for (String code : Locale.getISOLanguages()) {
      Locale language = Locale.forLanguageTag(code);
      try {
        NAMES.put(language.getISO3Language(), language.getDisplayLanguage(Locale.ENGLISH));
      } catch (MissingResourceException e) {
        continue; // a code that ISO 639-2 does not have
      }
    }
    // Single languages that ISO 639-1 knows only by their group.
    NAMES.put("arb", "Standard Arabic");
    NAMES.put("cmn", "Mandarin Chinese");
    NAMES.put("ekk", "Estonian");
    NAMES.put("lvs", "Latvian");
    NAMES.put("nob", "Norwegian Bokmål");
    NAMES.put("pes", "Iranian Persian");
    NAMES.put("plt", "Malagasy");
    NAMES.put("pnb", "Western Punjabi");
    NAMES.put("zsm", "Malay");
    NAMES.put("und", "not determined");
  }

  private LanguageNames() {}

  /** The code itself where there is no name. */
  static String of(String code) {
    return NAMES.getOrDefault(code, code);
  }
}
