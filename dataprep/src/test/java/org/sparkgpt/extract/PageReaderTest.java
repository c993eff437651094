package org.sparkgpt.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkgpt.extract.ExtractConfig.Mode;

class PageReaderTest {
  private static final String STORY =
      """
      <p>The old mill stood by the river for two hundred years, and nobody had thought of it much.
      Then the water rose, in a single night, and carried the wheel away.</p>
      <p>People came from the village, with ropes and with lamps, to see what was left. There was
      little, but the stones held, as they had before.</p>
      <p>In spring they built it again. The wheel is smaller now, the roof is slate, and on quiet
      days one hears it from the bridge.</p>
      <p>A sign tells the story, in two languages, to those who walk by. Few stop, but some do, and
      read it to the end.</p>
      """;

  private static PageReader reader(Mode mode) {
    return new PageReader(new ExtractConfig(mode, 200_000_000, 120_000, 512));
  }

  private static String text(Mode mode, String html) {
    try {
      return reader(mode).read(html.getBytes(StandardCharsets.UTF_8), null, null).text();
    } catch (UnreadablePageException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(String html) {
    return text(Mode.RECALL, html);
  }

  /** A page in the way of many sites: the story in the middle of {@code inside}. */
  private static String page(String inside) {
    return "<body><div id=wrap><div class=content>" + STORY + inside + "</div></div></body>";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<nav>LOST</nav>",
        "<footer>LOST</footer>",
        "<aside>LOST</aside>",
        "<header>LOST</header>",
        "<div role=navigation>LOST</div>",
        "<div class=cookie-bar>LOST: we use cookies.</div>",
        "<div id=comments><p>LOST, says a visitor, and so it is.</p></div>",
        "<section class=relatedPosts><h2>LOST</h2><p>Another story, much like this.</p></section>",
        "<ul class=share-buttons><li>LOST</li></ul>",
        "<div class=advert-caption>LOST</div>",
        "<ul><li><a href=a>LOST stories</a></li><li><a href=b>More of them</a></li></ul>",
        "<div hidden>LOST</div>",
        "<div aria-hidden=true>LOST</div>",
        "<div style='display: none'>LOST</div>",
        "<template><p>LOST</p></template>",
        "<script>LOST</script><style>LOST</style><noscript>LOST</noscript>",
        "<button>LOST</button><select><option>LOST</select><textarea>LOST</textarea>",
        "<!-- LOST -->"
      })
  void whatIsNotTheArticleIsDropped(String clutter) {
    for (Mode mode : Mode.values()) {
      assertThat(text(mode, page(clutter)))
          .contains("old mill", "to the end")
          .doesNotContain("LOST");
    }
  }

  @Test
  void whatIsAroundTheArticleIsDroppedWithoutAName() {
    String teaser = "<div><a href=x>Ten bridges you have never seen</a> A list.</div>";
    String html = "<body><div>" + teaser.repeat(8) + "</div>" + page("") + "</body>";

    assertThat(text(html)).startsWith("The old mill").doesNotContain("bridges");
  }

  @Test
  void headingsListsTablesAndCodeAreKept() {
    String parts =
        """
        <h2>How it works</h2>
        <ul><li>water turns the <b>wheel</b></li><li>the wheel turns the stone</li></ul>
        <table><tr><th>year</th><th>sacks</th></tr><tr><td>1801</td><td>40</td></tr></table>
        <pre>
          if (water) {
            turn();
          }
        </pre>
        <blockquote>It hums.</blockquote>
        """;

    for (Mode mode : Mode.values()) {
      assertThat(text(mode, page(parts)))
          .contains(
              "\n\nHow it works\n\nwater turns the wheel\nthe wheel turns the stone\n\n"
                  + "year sacks\n1801 40\n\n")
          .contains("  if (water) {\n    turn();\n  }")
          .endsWith("\n\nIt hums.");
    }
  }

  @Test
  void blocksEndLinesAndParagraphsAreApart() {
    assertThat(
            text("<p>one\n two</p><p>three<br>four<br><br>five</p><div>six</div><div>seven</div>"))
        .isEqualTo("one two\n\nthree\nfour\n\nfive\n\nsix\nseven");
    assertThat(text("<p>see:</p><pre>\n  if (a) {\n    b();\n  }\n</pre><p>so</p>"))
        .isEqualTo("see:\n\n  if (a) {\n    b();\n  }\n\nso");
    assertThat(text("<p>a &amp; b &eacute; &lt;c&gt;</p>")).isEqualTo("a & b é <c>");
  }

  @Test
  void anArticleMayBeSpreadOverNestedDivisions() {
    String half = "<div><div><section>" + STORY + "</section></div></div>";
    String html = "<body><div><div><article>" + half + half + "</article></div></div></body>";

    assertThat(text(html)).isEqualTo(text(STORY + STORY));
  }

  @Test
  void malformedAndEmptyPagesAreRead() {
    assertThat(text("")).isEmpty();
    assertThat(text("<p> \n </p>")).isEmpty();
    assertThat(text("<table><tr>one<td>two</div></b><p>three")).contains("one", "two", "three");
    assertThat(text("</html><<div <p class='x' >" + STORY)).contains("to the end");
    assertThat(text("a\u0000b")).contains("b");
  }

  @Test
  void aPageWithoutAnArticleGivesAllItsTextOrOnlyItsParagraphs() {
    String method =
        """
        <dl><dt>read</dt><dd>Returns the next byte.</dd><dt>close</dt><dd>Ends it.</dd></dl>
        """;
    String sentence =
        "<p>A stream hands out bytes, one by one, until none of them is left; then it hands out -1.</p>";
    String html = "<nav>Home</nav><h1>Class Stream</h1>" + sentence + method;

    assertThat(text(Mode.RECALL, html))
        .startsWith("Class Stream\n\nA stream")
        .endsWith("read\nReturns the next byte.\nclose\nEnds it.");
    assertThat(text(Mode.PRECISION, html)).startsWith("A stream").endsWith("hands out -1.");
  }

  @Test
  void commentsLongerThanTheArticleAreDroppedStill() {
    String comment = "<p>I was there, with my uncle, when the wheel came down.</p>";
    String html = page("<div class=user-comments>" + comment.repeat(12) + "</div>");

    assertThat(text(html)).doesNotContain("uncle");
  }

  @Test
  void commentsInCodeAreDocumentationOnce() {
    String member =
        "<li><h4>def turn(wheel: Wheel): Unit</h4><p class='shortcomment cmt'>Turns it.</p>"
            + "<div class=fullcomment><div class='comment cmt'><p>Turns it. Slowly, at first."
            + "</p></div></div></li><li><p class='shortcomment cmt'>All there is.</p></li>";

    assertThat(text(page("<ol>" + member + "</ol>")).split("Turns it", -1))
        .hasSize(2)
        .satisfies(parts -> assertThat(parts[1]).contains(". Slowly, at first.", "All there is."));
  }

  @Test
  void aNameOfClutterOnTheWholePageIsNotBelieved() {
    assertThat(text("<body><div class=has-sidebar>" + STORY + "</div></body>"))
        .contains("old mill");
    assertThat(text(page("<h3 id=on-sharing-the-load-fairly>Sharing</h3>"))).endsWith("Sharing");
  }

  @Test
  void visibleTextIsWhatTheMainTextIsChosenFrom() throws Exception {
    String html = page("<div class=related>More mills</div><nav>Menu</nav>");
    byte[] page = html.getBytes(StandardCharsets.UTF_8);

    assertThat(reader(Mode.PRECISION).visibleText(page, null))
        .contains("to the end", "More mills")
        .doesNotContain("Menu");
  }

  @Test
  void oneReaderReadsManyPagesAlike() throws Exception {
    PageReader reader = reader(Mode.RECALL);
    byte[] page = page("<div class=share>x</div>").getBytes(StandardCharsets.UTF_8);
    Page first = reader.read(page, null, null);

    reader.read("<p class=share>y".getBytes(StandardCharsets.UTF_8), null, null);
    assertThat(reader.read(page, null, null)).isEqualTo(first);
  }

  @Test
  void aHundredMegabytesOfNestedDivisionsAreGivenUpWhileParsed() {
    byte[] page = new byte[100_000_000];
    byte[] div = "<div>".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < page.length; i++) {
      page[i] = div[i % div.length];
    }
    long before = usedMemory();
    assertThatThrownBy(() -> reader(Mode.RECALL).read(page, StandardCharsets.ISO_8859_1, null))
        .hasMessageContaining("extract/too-deep");
    assertThat(usedMemory() - before).as("no tree is kept").isLessThan(300_000_000);
  }

  @Test
  void deepPagesAreRejectedWhereTheTreeIsNotWhereTheParserAppends() {
    for (String nested : new String[] {"<b>", "<div>", "<ul><li>"}) {
      byte[] page = ("<table>" + nested.repeat(2000) + "deep").getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> reader(Mode.RECALL).read(page, null, null))
          .as(nested)
          .hasMessageContaining("extract/too-deep");
    }
  }

  @Test
  void wideAndLongPagesAreRead() {
    String words = "x".repeat(2_000_000);
    assertThat(text("<p title=" + words + " class=" + words + " style=" + words + ">short"))
        .isEqualTo("short");
    assertThat(text("<b>a</b> ".repeat(50_000))).hasSize(99_999);
    assertThat(text("<table><tr><td>a</table>".repeat(20_000))).startsWith("a\n\na");
    assertThat(text("<p>" + "word ".repeat(400_000))).hasSize(1_999_999);
  }

  @Test
  void limitsRejectWithTheirReason() {
    byte[] page = STORY.getBytes(StandardCharsets.UTF_8);
    PageReader small = new PageReader(new ExtractConfig(Mode.RECALL, page.length - 1, 1000, 512));
    assertThatThrownBy(() -> small.read(page, null, null))
        .hasMessageContaining("extract/too-large");

    byte[] large = Arrays.copyOf(STORY.repeat(20_000).getBytes(StandardCharsets.UTF_8), 10_000_000);
    PageReader hasty = new PageReader(new ExtractConfig(Mode.RECALL, large.length, 1, 512));
    assertThatThrownBy(() -> hasty.read(large, null, null))
        .hasMessageContaining("extract/too-slow");
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> new ExtractConfig(null, 1, 1, 1)).hasMessageContaining("extract.mode");
    assertThatThrownBy(() -> new ExtractConfig(Mode.RECALL, 1, 0, 1))
        .hasMessageContaining("must be positive, got 1, 0, 1");
  }

  private static long usedMemory() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
