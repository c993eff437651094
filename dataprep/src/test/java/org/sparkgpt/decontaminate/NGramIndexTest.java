package org.sparkgpt.decontaminate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NGramIndexTest {
  private final SplittableRandom random = new SplittableRandom(9);

  private String text(int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append('w').append(random.nextInt(12)).append(' '); // so few that many n-grams repeat
    }
    return text.toString();
  }

  private static List<String> grams(String text, int n) {
    String[] words = text.split(" ");
    List<String> grams = new ArrayList<>();
    for (int i = 0; i + n <= words.length; i++) {
      grams.add(String.join(" ", List.of(words).subList(i, i + n)));
    }
    return grams;
  }

  private static Set<String> found(NGramIndex index, String text) {
    Set<String> found = new HashSet<>();
    new Scan(index)
        .read(
            text,
            (gram, start, end) -> {
              for (int set : index.setsOf(gram)) {
                found.add(index.name(set) + ": " + text.substring(start, end));
              }
            });
    return found;
  }

  @Test
  void exactlyTheNgramsOfTheSetsAreFoundHoweverMany() {
    String a = text(20_000);
    String b = text(20_000) + a.substring(0, 3000);
    List<Examples> sets = List.of(Texts.set("a", a), Texts.set("b", b));
    NGramIndex index = NGramIndex.of(sets, new int[] {4, 3}, 1 << 20);
    Set<String> ofA = new HashSet<>(grams(a, 4));
    Set<String> ofB = new HashSet<>(grams(b, 3));
    assertThat(ofA).hasSizeGreaterThan(5000);
    assertThat(index.count()).isEqualTo(ofA.size() + ofB.size());
    String text = text(20_000);
    Set<String> expected = new HashSet<>();
    grams(text, 4).stream().filter(ofA::contains).forEach(g -> expected.add("a: " + g));
    grams(text, 3).stream().filter(ofB::contains).forEach(g -> expected.add("b: " + g));
    assertThat(found(index, text)).isEqualTo(expected);
    NGramIndex none = index.only(gram -> false);
    assertThat(found(none, text)).isEmpty();
    NGramIndex three = index.only(gram -> index.lengthOfSet(index.setsOf(gram)[0]) == 3);
    assertThat(three.count()).isEqualTo(ofB.size());
    expected.removeIf(g -> g.startsWith("a"));
    assertThat(found(three, text)).isEqualTo(expected);
  }

  @Test
  void anNgramOfSeveralSetsIsOne() {
    String all = text(500);
    Examples[] sets = {
      Texts.set("a", all), Texts.set("b", all), Texts.set("c", text(500)), Texts.set("d", all, all)
    };
    NGramIndex index = Texts.index(5, sets);
    assertThat(found(index, all)).hasSize(3 * new HashSet<>(grams(all, 5)).size());
  }

  @Test
  void tooManyNgramsAreRefused() {
    List<Examples> sets = List.of(Texts.set("a", Texts.words("a", 21)));
    assertThat(NGramIndex.of(sets, new int[] {12}, 10).count()).isEqualTo(10);
    assertThatThrownBy(() -> NGramIndex.of(sets, new int[] {11}, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("decontaminate.sets have more than 10 different n-grams");
  }
}
