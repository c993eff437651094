package org.sparkgpt.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkgpt.corpus.Verdict;

class BlocklistsTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @CsvSource(
      value = {
        "a turnip here; eng; true",
        "Turnip; eng; true",
        "the TURNIP's; eng; true",
        "turnips; eng; false",
        "_turnip_; eng; false",
        "turnip²; eng; false",
        "éturnip; eng; false",
        "turnip\u0301; eng; true", // Python's \w takes no combining marks
        "\uD835\uDC00turnip; eng; false", // a letter beyond the BMP
        "\uD83D\uDE00turnip\uD83D\uDE00; eng; true",
        "a mashed potato.; eng; true",
        "a mashed  potato.; eng; false",
        "amashed potato mashed potato; eng; true",
        "#2beets; eng; true",
        "turnip; deu; false",
        "カブを食べる; jpn; true",
        "女の子; jpn; false", // a common part of words, allowed
        "芜菁很好; cmn; true",
        "性; cmn; false",
        "หัวผักกาดขาว; tha; true"
      },
      delimiter = ';')
  void wordsAreFoundAsC4FindsThem(String text, String language, boolean blocked)
      throws IOException {
    BlocklistConfig files =
        new BlocklistConfig(
            Map.of(
                "eng", list("Turnip", "", "mashed potato", "2beets "),
                "jpn", list("カブ", "女の子"),
                "cmn", list("芜菁", "性"),
                "tha", list("ผักกาด")),
            null,
            null,
            null);
    RuleSet rules = rules("blocked-words", files);
    if (blocked) {
      assertThat(rules.judge(text, language, null).verdict())
          .contains(new Verdict("blocked-words/" + language));
    } else {
      assertThat(rules.judge(text, language, null).verdict()).isEmpty();
    }
  }

  @Test
  void theAutomatonFindsWhatAPatternFinds() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 300; round++) {
      Set<String> words = new HashSet<>();
      for (int i = 0; i < 5; i++) {
        words.add(letters(random, "ab c", 1 + random.nextInt(4)).replace(' ', '-'));
      }
      WordAutomaton automaton = new WordAutomaton(words);
      String any = String.join("|", words.stream().map(Pattern::quote).toList());
      Pattern whole = Pattern.compile("(?:\\W|^)(" + any + ")(?:\\W|$)");
      Pattern bare = Pattern.compile(any);
      for (int i = 0; i < 20; i++) {
        String text = letters(random, "abc  -", random.nextInt(12));
        assertThat(automaton.occursIn(text, true)).as(words + text).isEqualTo(finds(whole, text));
        assertThat(automaton.occursIn(text, false)).as(words + text).isEqualTo(finds(bare, text));
      }
    }
  }

  @Test
  void manyWordsThatBeginAlikeTakeLinearTime() {
    Set<String> words = new HashSet<>();
    for (int n = 1; n <= 300; n++) {
      words.add("a".repeat(n) + "b");
    }
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertThat(new WordAutomaton(words).occursIn("a".repeat(5_000_000), true)).isFalse());
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.org/a, domain",
    "http://user@WWW.Example.org:8080/a, domain",
    "https://a.example.co.uk/, domain",
    "https://bad.example.net/x, host",
    "https://good.example.net/x,",
    "https://127.0.0.1/x, host",
    "https://good.example.com/Page?q=1, url",
    "https://good.example.com/page?q=1,",
    "https://good.example.com/TURNIP-soup, word",
    "https://good.example.com/turnips,",
    "not a URL at all,",
    "turnip, word",
    "'',",
    ","
  })
  void urlsAreBlockedByDomainHostWholeAndWord(String url, String what) throws IOException {
    BlocklistConfig files =
        new BlocklistConfig(
            Map.of(),
            list("# domains", "example.org", "example.co.uk", "Bad.example.net", "127.0.0.1"),
            list("https://good.example.com/Page?q=1"),
            list("Turnip"));
    assertThat(
            rules("blocked-urls", files).judge("text", "eng", url).verdict().map(Verdict::reason))
        .isEqualTo(Optional.ofNullable(what).map(w -> "blocked-urls/" + w));
  }

  @Test
  void theDigestFollowsTheContentAndTheRules() throws IOException {
    String words = list("turnip");
    BlocklistConfig files = new BlocklistConfig(Map.of("eng", words), null, null, null);
    CleanConfig config = CleanConfigs.of(List.of(), List.of("blocked-words"), Map.of(), files);
    String before = Blocklists.read(new Configuration(), config).digest();
    assertThat(before).startsWith("words.eng ");
    assertThat(Blocklists.read(new Configuration(), config).digest()).isEqualTo(before);
    Files.writeString(Path.of(words), "beet\n");
    assertThat(Blocklists.read(new Configuration(), config).digest()).isNotEqualTo(before);
    CleanConfig unused =
        CleanConfigs.of(List.of(), List.of("c4@code"), CleanConfigs.thresholds(), files);
    assertThat(Blocklists.read(new Configuration(), unused).digest()).isEmpty();
  }

  @Test
  void badFilesAreNamed() throws IOException {
    String missing = temp.resolve("none.txt").toString();
    String empty = list("", " ");
    String large = temp.resolve("large.txt").toString();
    Files.write(Path.of(large), new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> words(missing))
        .hasMessage("clean.blocklists.words.eng: " + missing + " does not exist");
    assertThatThrownBy(() -> words(empty))
        .hasMessage("clean.blocklists.words.eng: " + empty + " is empty");
    assertThatThrownBy(() -> words(large))
        .hasMessage(
            "clean.blocklists.words.eng: "
                + large
                + " has 1048577 bytes, at most 1048576 are read");
  }

  private void words(String file) throws IOException {
    rules("blocked-words", new BlocklistConfig(Map.of("eng", file), null, null, null));
  }

  private static RuleSet rules(String rule, BlocklistConfig files) throws IOException {
    CleanConfig config = CleanConfigs.of(List.of(), List.of(rule), Map.of(), files);
    return new RuleSet(config, Blocklists.read(new Configuration(), config));
  }

  private String list(String... lines) throws IOException {
    Path file = Files.createTempFile(temp, "list", ".txt");
    return Files.writeString(file, String.join("\n", lines) + "\n").toString();
  }

  private static boolean finds(Pattern pattern, String text) {
    return pattern.matcher(text).find();
  }

  private static String letters(SplittableRandom random, String of, int length) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < length; i++) {
      letters.append(of.charAt(random.nextInt(of.length())));
    }
    return letters.toString();
  }
}
