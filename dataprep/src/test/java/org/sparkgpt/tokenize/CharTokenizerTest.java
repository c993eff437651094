package org.sparkgpt.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CharTokenizerTest {
  private final CharTokenizer tokenizer = new CharTokenizer(new int[] {'\n', 'a', 'é', 0x1F600});

  @Test
  void idsAreThePlacesOfTheSortedCodePoints() {
    assertThat(tokenizer.encode("aé😀\na")).containsExactly(1, 2, 3, 0, 1);
    assertThat(tokenizer.decode(1, 2, 3, 0, 1)).isEqualTo("aé😀\na");
    assertThat(tokenizer.bytesOf(2)).containsExactly(0xC3, 0xA9);
    assertThat(tokenizer.vocabularySize()).isEqualTo(4);
    assertThat(tokenizer.endOfText()).isEmpty();
  }

  @Test
  void anUnknownCharacterIsNamedWithItsPlace() {
    assertThatThrownBy(() -> tokenizer.encode("aaß"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "character 'ß' (U+00DF) at position 2 is not one of the tokenizer's 4: learn the tokenizer from this text too, or set tokenizer.kind: bpe");
  }

  @Test
  void anUnknownIdIsRefused() {
    assertThatThrownBy(() -> tokenizer.decode(4))
        .hasMessage("token id 4 is not in the vocabulary of 4");
  }
}
