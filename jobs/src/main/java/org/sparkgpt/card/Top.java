package org.sparkgpt.card;

import java.util.List;

/**
 * The largest groups of a corpus.
 *
 * @param largest in falling order of size, then by name
 * @param groups how many there are in all
 * @param rest what the others hold together
 */
record Top(List<Group> largest, long groups, Count rest) {
  static final Top NONE = new Top(List.of(), 0, Count.NONE);

  /**
   * @param web whether the documents have addresses on the web
   */
  record Group(String name, boolean web, Count count) {}
}
