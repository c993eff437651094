package org.sparkgpt.passages;

import java.util.function.Predicate;

/** Where passages are in a text that may be somewhere else too, one after the other. */
interface Places {
  /** Goes on to the next place; false if there is none. */
  boolean next();

  /** Equal passages have equal hashes. */
  long hash();

  /** Tells what else must be equal: places of one hash and context have equal windows. */
  default long context() {
    return 0;
  }

  /** The first window's first unit. */
  int position();

  /** How many windows begin here and at the units that follow. */
  default int count() {
    return 1;
  }

  /** Each of the wanted windows by itself. */
  static Places of(Windows windows, Predicate<Windows> wanted) {
    return new Places() {
      @Override
      public boolean next() {
        while (windows.next()) {
          if (wanted.test(windows)) {
            return true;
          }
        }
        return false;
      }

      @Override
      public long hash() {
        return windows.hash();
      }

      @Override
      public int position() {
        return windows.position();
      }
    };
  }
}
