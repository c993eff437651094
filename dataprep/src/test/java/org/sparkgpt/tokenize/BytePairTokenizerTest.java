package org.sparkgpt.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BytePairTokenizerTest {
  private static final BytePairTokenizer GPT2 = Gpt2Vocabulary.bytePairs();
  private static final Encoding JTOKKIT =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);

  private static int[] byJtokkit(String text) {
    return JTOKKIT.encodeOrdinary(text).toArray();
  }

  @Test
  void gpt2IdsAreThePublishedOnes() {
    assertThat(GPT2.vocabularySize()).isEqualTo(50257);
    assertThat(GPT2.digest())
        .isEqualTo("1fc734f45620a423ffc952e2890013c8d23df60ec994564f440c92ea1363f2f2");
    assertThat(GPT2.endOfText()).hasValue(50256);
    assertThat(GPT2.encode("Hello world")).containsExactly(15496, 995);
    assertThat(GPT2.decode(50256)).isEqualTo("<|endoftext|>");
    assertThat(GPT2.bytesOf(220)).containsExactly(' ');
    assertThat(GPT2.encode("")).isEmpty();
  }

  @Test
  void everyTokenOfGpt2HasTheBytesThatJtokkitGives() {
    for (int id = 0; id < 50256; id++) {
      var one = new com.knuddels.jtokkit.api.IntArrayList(1);
      one.add(id);
      assertThat(GPT2.bytesOf(id)).isEqualTo(JTOKKIT.decodeBytes(one));
    }
  }

  @Test
  void idsEqualJtokkitsOnRealAndRandomText() {
    assertThat(GPT2.encode(Texts.sample())).isEqualTo(byJtokkit(Texts.sample()));
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 30_000; i++) {
      String text = Texts.random(random, 30);
      assertThat(GPT2.encode(text)).as(text).isEqualTo(byJtokkit(text));
    }
  }

  @Test
  void idsEqualJtokkitsInEveryScript() {
    for (String text :
        new String[] {
          "They'll say it's we've I'm you'd don't 'tis CAN'T rock'n'roll '''s",
          "a\u00A0b\u00A0 c \u00A0\u3000d\u200Be\u2028f\u0085g",
          "👩‍👩‍👧‍👦 🇩🇪🏳️‍🌈 👍🏽!😀😀😀",
          "東京は日本の首都である。 中華人民共和國，歡迎！한국어 텍스트",
          "שלום עולם, مرحبا بالعالم ١٢٣ \u202Babc\u202C",
          "Привет, мир! Ελλάδα नमस्ते ภาษาไทย ქართული",
          "x" + " ".repeat(200) + "y\n\n\n\n   \tz \r\n ",
          "3.14159265358979 " + "0123456789".repeat(50) + " ½²Ⅷ",
          "𝒜𝒷 𐍈 \u0000\uFFFD",
        }) {
      assertThat(GPT2.encode(text)).as(text).isEqualTo(byJtokkit(text));
    }
  }

  @Test
  void longWordsEqualJtokkitsToo() {
    SplittableRandom random = new SplittableRandom(3);
    for (int length : new int[] {63, 64, 65, 66, 127, 500, 3000, 70_000}) {
      for (int alphabet : new int[] {1, 2, 3, 26}) {
        StringBuilder letters = new StringBuilder();
        while (letters.length() < length) {
          letters.append(random.nextInt(3) == 0 ? "aa" : (char) ('a' + random.nextInt(alphabet)));
        }
        String text = letters.toString();
        assertThat(GPT2.encode(text)).as(text).isEqualTo(byJtokkit(text));
      }
      for (String one : new String[] {" ", "=", "7", "語", "😀", "-=", "\n\t"}) {
        String text = one.repeat(length);
        assertThat(GPT2.encode(text)).as(text).isEqualTo(byJtokkit(text));
      }
    }
  }

  @Test
  void oneWordOfMillionsOfLettersIsNotQuadratic() {
    for (String text :
        List.of("a".repeat(4_000_000), "abcde".repeat(600_000), "語".repeat(700_000))) {
      int[] ids = GPT2.encode(text);
      assertThat(GPT2.decode(ids).equals(text)).isTrue(); // too long to print
    }
    int four = GPT2.encode("aaaa")[0];
    int[] ids = GPT2.encode("a".repeat(1_000_000));
    assertThat(Arrays.stream(ids).filter(id -> id == four).count()).isEqualTo(250_000);
    assertThat(ids.length).isEqualTo(250_000);
  }

  @Test
  void learntIdsEqualJtokkitsWithTheSameRanks() {
    Tokenizer learnt =
        new BytePairTokenizer(BytePairLearner.learn(Texts.words(Texts.sample()), 700));
    Encoding witness = JTokkitRanks.of(learnt);
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < 5_000; i++) {
      String text = i == 0 ? Texts.sample() : Texts.random(random, 30);
      assertThat(learnt.encode(text)).as(text).isEqualTo(witness.encodeOrdinary(text).toArray());
    }
  }

  @Test
  void decodingGivesTheTextBack() {
    SplittableRandom random = new SplittableRandom(4);
    BytePairTokenizer bytes = new BytePairTokenizer(new int[0]);
    for (int i = 0; i < 10_000; i++) {
      String text = Texts.random(random, 20);
      assertThat(GPT2.decode(GPT2.encode(text))).isEqualTo(text);
      assertThat(bytes.decode(bytes.encode(text))).isEqualTo(text);
    }
  }

  @Test
  void loneSurrogatesCountAsQuestionMarks() {
    assertThat(GPT2.encode("a\uD83Db\uDE00")).isEqualTo(GPT2.encode("a?b?"));
  }

  @Test
  void endOfTextInADocumentIsOrdinaryText() {
    int[] ids = GPT2.encode("a<|endoftext|>b");
    assertThat(ids).doesNotContain(50256);
    assertThat(GPT2.decode(ids)).isEqualTo("a<|endoftext|>b");
  }

  @Test
  void halfACharacterDecodesToTheReplacementCharacter() {
    int lead = ByteAlphabet.idOf("é".getBytes(StandardCharsets.UTF_8)[0]);
    assertThat(GPT2.decode(lead)).isEqualTo("\uFFFD");
  }

  @Test
  void idsOutsideTheVocabularyAreRefused() {
    assertThatThrownBy(() -> GPT2.decode(50257))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("token id 50257 is not in the vocabulary of 50257");
    assertThatThrownBy(() -> GPT2.bytesOf(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void mergesMustBuildOnEarlierOnes() {
    assertThatThrownBy(() -> new BytePairTokenizer(new int[] {1, 256}))
        .hasMessage("merge 0 uses ids 1 and 256, not both below 256");
    assertThatThrownBy(() -> new BytePairTokenizer(new int[] {1, 2, 1, 2}))
        .hasMessage("merge 1 repeats an earlier one");
  }

  @Test
  void aSerializedCopyIsSharedInTheJvmAndGivesTheSameIds() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(GPT2);
    }
    Object first = read(bytes.toByteArray());
    assertThat(read(bytes.toByteArray())).isSameAs(first);
    Tokenizer copy = (Tokenizer) first;
    assertThat(copy.encode(Texts.sample())).isEqualTo(GPT2.encode(Texts.sample()));
    assertThat(copy.digest()).isEqualTo(GPT2.digest()).hasSize(64);
  }

  private static Object read(byte[] bytes) throws Exception {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return in.readObject();
    }
  }
}
