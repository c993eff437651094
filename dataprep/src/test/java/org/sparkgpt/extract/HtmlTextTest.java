package org.sparkgpt.extract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HtmlTextTest {
  private static String text(String html) {
    return HtmlText.of(html).text();
  }

  @Test
  void whatIsOnEveryPageIsLeftOut() {
    assertThat(
            text(
                """
                <html><head><title>Title</title><style>p {}</style></head><body>
                <header>Site</header><nav>Menu</nav><div role="navigation">More</div>
                <main><header><h1>Heading</h1></header><p>Body<script>x()</script></p></main>
                <form>In a form<input value=x><button>Go</button></form>
                <p hidden>Secret</p><aside>Ads</aside><!-- comment --><footer>End</footer>
                </body></html>"""))
        .isEqualTo("Heading\n\nBody\n\nIn a form");
  }

  @Test
  void blocksEndLinesAndParagraphsAreApart() {
    assertThat(
            text("<p>one\n two</p><p>three<br>four<br><br>five</p><div>six</div><div>seven</div>"))
        .isEqualTo("one two\n\nthree\nfour\n\nfive\n\nsix\nseven");
    assertThat(text("<ul><li>a</li><li>b <b>c</b>d</li></ul>")).isEqualTo("a\nb cd");
    assertThat(text("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>"))
        .isEqualTo("1 2\n3");
  }

  @Test
  void preformattedTextKeepsItsSpaces() {
    assertThat(text("<p>see:</p><pre>\n  if (a) {\n    b();\n  }\n</pre><p>so</p>"))
        .isEqualTo("see:\n\n  if (a) {\n    b();\n  }\n\nso");
  }

  @Test
  void entitiesAreResolvedAndEmptyPagesAreEmpty() {
    assertThat(text("<p>a &amp; b &eacute; &lt;c&gt;</p>")).isEqualTo("a & b é <c>");
    assertThat(text("")).isEmpty();
    assertThat(text("<p> \n </p>")).isEmpty();
  }

  @Test
  void aMillionNestedElementsDoNotOverflowTheStack() {
    HtmlText page = HtmlText.of("<div>".repeat(1_000_000) + "deep");

    assertThat(page.text()).isEqualTo("deep");
    assertThat(page.depth()).isGreaterThan(1_000_000);
  }
}
