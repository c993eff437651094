package org.sparkgpt.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HtmlCharsetTest {
  private static final Charset CP1252 = Charset.forName("windows-1252");

  @Test
  void theOrderIsMarkThenHeaderThenDeclarationThenGuess() {
    byte[] marked = "\ufeffé<meta charset=koi8-r>".getBytes(StandardCharsets.UTF_8);
    byte[] declared = "<meta charset=koi8-r>да".getBytes(Charset.forName("KOI8-R"));

    assertThat(HtmlCharset.decode(marked, CP1252)).startsWith("é");
    assertThat(HtmlCharset.decode(declared, null)).endsWith("да");
    assertThat(HtmlCharset.decode(declared, CP1252)).endsWith("ÄÁ");
    assertThat(HtmlCharset.decode("é".getBytes(StandardCharsets.UTF_8), null)).isEqualTo("é");
    assertThat(HtmlCharset.decode("é “".getBytes(CP1252), null)).isEqualTo("é “");
    assertThat(HtmlCharset.decode("\ufeffé".getBytes(StandardCharsets.UTF_16LE), null))
        .isEqualTo("é");
  }

  @Test
  void declarationsAreFoundInEachForm() {
    for (String declaration :
        new String[] {
          "<META http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1251\">",
          "<?xml version=\"1.0\" encoding='windows-1251'?>",
          "<meta name=a charset=\"windows-1251\" />"
        }) {
      byte[] page = (declaration + "да").getBytes(Charset.forName("windows-1251"));
      assertThat(HtmlCharset.decode(page, null)).as(declaration).endsWith("да");
    }
  }

  @Test
  void namesMeanWhatTheWebMeansByThem() {
    assertThat(HtmlCharset.named("ISO-8859-1")).isEqualTo(CP1252);
    assertThat(HtmlCharset.named("x-no-such")).isNull();
    assertThat(HtmlCharset.named("(bad name)")).isNull();
    byte[] lying = "<meta charset=utf-16>é".getBytes(StandardCharsets.UTF_8);
    assertThat(HtmlCharset.decode(lying, null)).endsWith("é");
  }
}
