package org.sparkgpt.passages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AnchorsTest {
  private record Place(long hash, long context, int position, int count) {}

  private static List<Place> places(String text, int n) {
    List<Place> places = new ArrayList<>();
    Anchors anchors = new Anchors(new WordUnits(text), n);
    while (anchors.next()) {
      places.add(new Place(anchors.hash(), anchors.context(), anchors.position(), anchors.count()));
    }
    return places;
  }

  private static String random(SplittableRandom random, int words, int vocabulary) {
    String[] text = new String[words];
    Arrays.setAll(text, i -> "w" + random.nextInt(vocabulary));
    return String.join(" ", text);
  }

  @Test
  void everyWindowIsInOnePlaceAndEqualWindowsShareItsHash() {
    SplittableRandom random = new SplittableRandom(5);
    int n = 7;
    Map<String, Long> hashes = new HashMap<>(); // of each window's text
    for (int document = 0; document < 200; document++) {
      String text = random(random, random.nextInt(60), 1 + document % 3);
      String[] words = text.isEmpty() ? new String[0] : text.split(" ");
      int expected = 0;
      for (Place place : places(text, n)) {
        assertThat(place.position).isEqualTo(expected);
        for (int i = 0; i < place.count; i++) {
          String window = String.join(" ", Arrays.copyOfRange(words, expected, expected + n));
          assertThat(hashes.putIfAbsent(window, place.hash)).isIn(null, place.hash);
          expected++;
        }
      }
      assertThat(expected).isEqualTo(Math.max(0, words.length - n + 1));
    }
  }

  @Test
  void placesOfOneContextHaveEqualWindows() {
    SplittableRandom random = new SplittableRandom(6);
    int n = 6;
    Map<Long, Set<String>> windows = new HashMap<>(); // by context
    int repeats = 0;
    for (int document = 0; document < 200; document++) {
      String text = random(random, 40, 2 + document % 2);
      String[] words = text.split(" ");
      for (Place place : places(text, n)) {
        Set<String> covered = new HashSet<>();
        for (int w = place.position; w < place.position + place.count; w++) {
          covered.add(String.join(" ", Arrays.copyOfRange(words, w, w + n)));
        }
        Set<String> before = windows.putIfAbsent(place.context, covered);
        repeats += before == null ? 0 : 1;
        assertThat(before).isIn(null, covered);
      }
    }
    assertThat(repeats).isGreaterThan(100);
  }

  @Test
  void runningTextHasFewPlaces() {
    int n = 50;
    int words = 20_000;
    List<Place> places = places(random(new SplittableRandom(7), words, 5000), n);
    int k = n / 3;
    double expected = 2.0 * words / (n - k + 2); // winnowing's density
    assertThat((double) places.size()).isBetween(0.9 * expected, 1.1 * expected);
  }

  @Test
  void periodicTextHasThreePlaces() {
    for (int period : new int[] {1, 2, 5}) {
      String[] cycle = new String[period];
      Arrays.setAll(cycle, i -> "w" + i);
      String text = String.join(" ", Collections.nCopies(3000, String.join(" ", cycle)));
      assertThat(places(text, 30)).as("period %d", period).hasSizeLessThan(8);
    }
  }

  @Test
  void textsShorterThanAWindowHaveNone() {
    assertThat(places("", 4)).isEmpty();
    assertThat(places("a b c", 4)).isEmpty();
    assertThat(places("a b c d", 4)).hasSize(1);
  }
}
