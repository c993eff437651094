package org.sparkgpt.clean;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import opennlp.tools.langdetect.Language;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/**
 * The language of a text, by Apache OpenNLP's model for 103 languages, which lies in a jar on the
 * class path. One per thread; the model is loaded once per JVM.
 *
 * <p>The confidence is the model's probability of the best language, and it grows with the length
 * of the text: the median over encyclopaedic English is .03 at 50 characters, .27 at 200, .88 at
 * 500 and .995 at 1,000; over 21 European languages .50, .97 and .999 at 200, 500 and 1,000. Random
 * letters reach .08 (best tenth .12) at 500 and .17 (.26) at 1,000. At 600 characters a cut of .2
 * therefore passes prose that is long enough for the Gopher rules and stops what is no language.
 * Reading costs about 0.6 µs a character: more than anything else in cleaning.
 */
final class LanguageDetection {
  private static final String MODEL = "/langdetect-183.bin"; // in opennlp-models-langdetect

  /** Loaded by the first detector of the JVM; immutable. */
  private static final class Model {
    static final LanguageDetectorModel INSTANCE = load();

    private static LanguageDetectorModel load() {
      try (InputStream in = LanguageDetectorModel.class.getResourceAsStream(MODEL)) {
        if (in == null) {
          throw new IllegalStateException(
              MODEL + " is not on the class path: add opennlp-models-langdetect");
        }
        return new LanguageDetectorModel(in);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the language model " + MODEL, e);
      }
    }
  }

  private final LanguageDetectorME detector = new LanguageDetectorME(Model.INSTANCE);

  /** The most probable language of the text, all of which is read: ISO 639-3 code, confidence. */
  Language detect(String text) {
    return detector.predictLanguage(text);
  }

  /** All languages of the model with their probabilities, the most probable first. */
  Language[] probabilities(String text) {
    return detector.predictLanguages(text);
  }
}
