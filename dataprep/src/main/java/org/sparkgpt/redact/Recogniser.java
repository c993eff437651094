package org.sparkgpt.redact;

/** Knows one class of personal data where it begins. Takes bounded time for each start. */
interface Recogniser {
  int NONE = -1;

  /**
   * Where what begins at {@code start} ends, or {@link #NONE} if it is nothing of this class.
   *
   * @param start a letter, digit, + or ( that no word character stands before
   * @param limit nothing may reach beyond it; at most the text's length
   * @param context what the text before says
   */
  int end(String text, int start, int limit, Context context);
}
