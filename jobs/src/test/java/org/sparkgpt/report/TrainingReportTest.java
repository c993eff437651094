package org.sparkgpt.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.sparkgpt.train.RoundReport;

class TrainingReportTest {
  private final RunHistory history = new RunHistory();

  @Test
  void everyCurveHasItsPointsAndLabels() {
    for (int step = 10; step <= 100; step += 10) {
      history.add(TrainingRounds.round(step, 4.0 - step / 50.0));
    }

    Document page = page("runs/demo", Map.of());

    assertThat(page.select("svg title").eachText())
        .containsExactly(
            "loss, nats per token",
            "learning rate",
            "tokens per second",
            "gradient norm before clipping",
            "bytes moved per round",
            "seconds per round");
    Element loss = page.select("svg").get(0);
    assertThat(loss.select("path.line0").attr("d").split("[ML]")).hasSize(1 + 10);
    assertThat(loss.select("text.y").eachText()).containsExactly("2", "2.5", "3", "3.5", "4");
    assertThat(loss.select("text.x").eachText()).contains("0", "20", "100", "step");
    assertThat(page.select("svg").get(1).select("text.y").eachText()).contains("1e-3");
    assertThat(page.select("svg").get(4).select("text.y").eachText()).contains("1M");
    assertThat(page.select("svg").get(5).select("text.legend").eachText())
        .containsExactly("slowest", "median", "outside");
    assertThat(page.select("p").text())
        .contains("Step 100 of 10,000", "last loss 2.0000", "20.0 % of the time outside training");
  }

  @Test
  void coordinatesFollowTheValues() {
    history.add(TrainingRounds.round(0, 4));
    history.add(TrainingRounds.round(50, 2));
    history.add(TrainingRounds.round(100, 3));

    String path = page("runs/demo", Map.of()).select("path.line0").get(0).attr("d");

    assertThat(path).isEqualTo("M58.0 34.0L302.0 212.0L546.0 123.0");
  }

  @Test
  void workersAndSettingsAreTables() {
    history.add(
        TrainingRounds.round(
            10,
            3,
            new RoundReport.Worker(0, "node-a", "1", 100, 1.0, 64),
            new RoundReport.Worker(1, "node-b", "2", 100, 2.0, 64)));
    history.add(
        TrainingRounds.round(
            20,
            2,
            new RoundReport.Worker(0, "node-c", "3", 100, 2.0, 64),
            new RoundReport.Worker(1, "node-b", "2", 1000, 1.0, 64)));

    Document page = page("runs/demo", new TreeMap<>(Map.of("seed", "7", "model.layers", "12")));

    assertThat(page.select("h2").eachText()).containsExactly("Workers", "Settings");
    assertThat(page.select("table").get(0).select("tr").eachText().subList(1, 3))
        .containsExactly(
            "node-c, executor 3 0 2 200 128 1.500 2.000 1",
            "node-b, executor 2 1 2 1,100 128 1.500 2.000 1");
    assertThat(page.select("table").get(1).select("td").eachText())
        .containsExactly("model.layers", "12", "seed", "7");
  }

  @Test
  void foreignTextStaysText() {
    String evil = "</title><script>alert('1')</script>&\u0001\uD800";
    history.add(
        TrainingRounds.round(10, 3, new RoundReport.Worker(0, "<b>h</b>", "\"1\"", 1, 2, 1)));

    Document page = page(evil, Map.of("<i>key</i>", "<img src=x onerror=alert(1)>"));

    assertThat(page.select("script, img, i, b")).isEmpty();
    assertThat(page.title()).isEqualTo("</title><script>alert('1')</script>&\uFFFD\uFFFD");
    assertThat(page.select("td").eachText())
        .contains("<b>h</b>, executor \"1\"", "<i>key</i>", "<img src=x onerror=alert(1)>");
  }

  @Test
  void aRunWithoutRoundsSaysSo() {
    Document page = page("runs/demo", Map.of());

    assertThat(page.select("p").text()).isEqualTo("No round has ended yet.");
    assertThat(page.select("text.empty").eachText()).hasSize(6).containsOnly("no values");
  }

  @Test
  void oneRoundIsADot() {
    history.add(TrainingRounds.round(1000, 3.5));

    Document page = page("runs/demo", Map.of());

    assertThat(page.select("circle")).hasSize(8);
    assertThat(page.select("svg").get(0).select("text.y")).hasSizeGreaterThan(1);
    assertThat(page.html()).doesNotContain("NaN", "Infinity");
  }

  @Test
  void valuesThatAreNotFiniteAreGaps() {
    double[] losses = {4, 3, Double.NaN, 2, 1, Double.POSITIVE_INFINITY, 5};
    for (int i = 0; i < losses.length; i++) {
      history.add(TrainingRounds.round(10 * i, losses[i]));
    }

    Element loss = page("runs/demo", Map.of()).select("svg").get(0);

    assertThat(loss.select("path.line0").attr("d").split("M")).hasSize(1 + 2);
    assertThat(loss.select("circle.line0")).as("the point alone after infinity").hasSize(1);
    assertThat(loss.html()).doesNotContain("NaN", "Infinity");
  }

  @Test
  void manyRoundsMakeASmallPageThatKeepsThePeaks() {
    for (int round = 0; round < 100_000; round++) {
      history.add(TrainingRounds.round(round, round == 77_777 ? 10 : 3 + Math.sin(round) / 10));
    }
    Element loss = page("runs/demo", Map.of()).select("svg").get(0);

    assertThat(html("runs/demo", Map.of()).length()).isLessThan(400_000);
    assertThat(loss.select("text.y").eachText()).contains("10");
    assertThat(loss.select("path.line0").attr("d")).as("the peak").contains(" 34.0");
  }

  private Document page(String directory, Map<String, String> settings) {
    return Jsoup.parse(html(directory, settings));
  }

  /** Also reads it as XML, which forgives nothing. */
  private String html(String directory, Map<String, String> settings) {
    String html = new ReportPage(directory, history, settings, List.of()).html();
    try {
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8)));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return html;
  }
}
