package org.sparkgpt.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFilesTest {
  @TempDir private java.nio.file.Path local;
  private FileSystem files;
  private Path dir;

  @BeforeEach
  void open() throws Exception {
    files = FileSystem.getLocal(new Configuration());
    dir = new Path(local.toUri());
  }

  private static BytePairTokenizer learnt() {
    return new BytePairTokenizer(BytePairLearner.learn(Texts.words("aaabdaaabac"), 100));
  }

  private void rewrite(String from, String to) throws Exception {
    java.nio.file.Path file = local.resolve("tokenizer.json");
    String json = Files.readString(file);
    assertThat(json).contains(from);
    files.delete(new Path(dir, "tokenizer.json"), false); // with Hadoop's own checksum file
    Files.writeString(file, json.replace(from, to));
  }

  @Test
  void whatIsSavedLoadsToTheSameIds() {
    for (Tokenizer saved :
        List.of(
            Gpt2Vocabulary.tokenizer(), learnt(), new CharTokenizer(new int[] {10, 'a', 'é'}))) {
      TokenizerFiles.save(saved, files, dir);
      Tokenizer loaded = TokenizerFiles.load(files, dir);
      assertThat(loaded.digest()).isEqualTo(saved.digest());
      assertThat(loaded.vocabularySize()).isEqualTo(saved.vocabularySize());
      assertThat(loaded.endOfText()).isEqualTo(saved.endOfText());
      String text = saved.endOfText().isPresent() ? Texts.sample() : "aé\naa";
      assertThat(loaded.encode(text)).isEqualTo(saved.encode(text));
    }
    assertThat(local.toFile().list())
        .filteredOn(name -> !name.endsWith(".crc"))
        .containsExactlyInAnyOrder("tokenizer.json", "vocab.json", "merges.txt");
  }

  @Test
  void theFilesAreWhatOtherToolsExpect() throws Exception {
    TokenizerFiles.save(learnt(), files, dir);
    assertThat(local.resolve("merges.txt")).hasContent("#version: 0.2\na a\na b\naa ab\n");
    assertThat(Files.readString(local.resolve("vocab.json")))
        .startsWith("{\"!\":0,\"\\\"\":1,")
        .endsWith("\"aa\":256,\"ab\":257,\"aaab\":258,\"<|endoftext|>\":259}");
    assertThat(Files.readString(local.resolve("tokenizer.json")))
        .contains("\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,")
        .endsWith("\"merges\":[\"a a\",\"a b\",\"aa ab\"]}}");
  }

  @Test
  void mergesAsPairsAreReadToo() throws Exception {
    TokenizerFiles.save(learnt(), files, dir);
    rewrite("\"a a\",\"a b\"", "[\"a\",\"a\"],[\"a\",\"b\"]");
    assertThat(TokenizerFiles.load(files, dir).digest()).isEqualTo(learnt().digest());
  }

  @Test
  void aMissingTokenizerSaysWhatToRun() {
    assertThatThrownBy(() -> TokenizerFiles.load(files, dir))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("tokenizer.json does not exist: run train-tokenizer first");
  }

  @Test
  void damagedFilesSayWhatIsWrong() throws Exception {
    refuses("\"merges\":[\"a a\"", "\"merges\":[\"a \"", "merge 0 is not of two tokens: \"a \"");
    refuses("\"merges\":[\"a a\",", "\"merges\":[", "260 tokens and 2 merges");
    refuses("\"aaab\":258", "\"aab\":258", "token 258 should be aaab but is aab");
    refuses("\"aaab\":258", "\"aaab\":257", "does not give each id from 0 to 259 once");
    refuses("\"type\":\"BPE\"", "\"type\":\"Unigram\"", "model.type is not BPE");
    refuses("\"a b\",\"aa ab\"]}}", "\"a b\"", "no JSON, or cut short");
  }

  private void refuses(String from, String to, String because) throws Exception {
    TokenizerFiles.save(learnt(), files, dir);
    rewrite(from, to);
    assertThatThrownBy(() -> TokenizerFiles.load(files, dir))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("tokenizer.json: ")
        .hasMessageContaining(because)
        .hasMessageMatching(Pattern.compile(".*run train-tokenizer again", Pattern.DOTALL));
  }
}
