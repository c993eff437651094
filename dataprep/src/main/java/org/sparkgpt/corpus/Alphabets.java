package org.sparkgpt.corpus;

import java.util.HashMap;
import java.util.Map;

/**
 * Whether the Latin letters beyond ASCII in a text can be of one language: where they are of none,
 * the text was read in the wrong charset.
 */
public final class Alphabets {
  private static final String[] LETTERS = {
    "äöüß",
    "éèàùâêîôûçëïüœæÿ",
    "áéíóúñü",
    "áâãàçéêíóôõú",
    "àèéìíòóùú",
    "ëéïöüèê",
    "åäöé",
    "æøåéò",
    "äöõüšž",
    "āčēģīķļņšūž",
    "ąčęėįšųūž",
    "ąćęłńóśźż",
    "áčďéěíňóřšťúůýž",
    "áäčďéíĺľňóôŕšťúýž",
    "čšžćđ",
    "áéíóöőúüű",
    "ăâîșțşţ",
    "çğıöşüâîə",
    "áðéíóúýþæö",
    "çë",
    "àèéíïòóúüç",
    "âêîôûŵŷäëïöü",
    "ċġħżà"
  };

  private static final Map<Character, Integer> MEMBERS = members(); // bit n: in LETTERS[n]

  private final int[] strangers = new int[LETTERS.length];

  /** Counts the Latin letters beyond ASCII of a piece of text. */
  public void add(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0xc0 && c < 0x250) {
        int members = MEMBERS.getOrDefault(Character.toLowerCase(c), 0);
        for (int n = 0; n < LETTERS.length; n++) {
          strangers[n] += 1 - (members >> n & 1);
        }
      }
    }
  }

  /** How many of the letters are not in the alphabet that has most of them. */
  public int strangers() {
    int least = strangers[0];
    for (int count : strangers) {
      least = Math.min(least, count);
    }
    return least;
  }

  private static Map<Character, Integer> members() {
    Map<Character, Integer> members = new HashMap<>();
    for (int n = 0; n < LETTERS.length; n++) {
      for (char c : LETTERS[n].toCharArray()) {
        members.merge(c, 1 << n, (a, b) -> a | b);
      }
    }
    return members;
  }
}
