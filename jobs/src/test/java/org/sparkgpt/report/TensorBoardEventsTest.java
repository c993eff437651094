package org.sparkgpt.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkgpt.train.RoundReport;
import org.tensorflow.hadoop.util.TFRecordReader;
import org.tensorflow.proto.framework.Summary;
import org.tensorflow.proto.util.Event;
import org.tensorflow.proto.util.SessionLog;

/** What we write, read by TensorFlow's own reader of the framing and of the messages. */
class TensorBoardEventsTest {
  @TempDir private java.nio.file.Path folder;

  @Test
  void tensorFlowReadsTheScalarsBack() throws IOException {
    RoundReport round = TrainingRounds.round(300, 3.25);

    write(0, round, TrainingRounds.round(310, Double.NaN));

    List<Event> events = read(files().get(0));
    assertThat(events).hasSize(4);
    assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
    assertThat(events.get(2).getStep()).isEqualTo(300);
    assertThat(events.get(2).getWallTime()).isCloseTo(round.time() * 1e-3, within(1e-3));
    assertThat(scalars(events.get(2)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "train/loss",
                3.25f,
                "train/learning_rate",
                1e-3f,
                "train/gradient_norm",
                0.25f,
                "train/tokens_per_second",
                8000f,
                "train/round_bytes",
                1048576f,
                "workers/slowest_seconds",
                2f,
                "workers/median_seconds",
                1.5f));
    assertThat(scalars(events.get(3))).hasSize(6).doesNotContainKey("train/loss");
  }

  @Test
  void aResumedRunWritesAnotherFileThatSupersedesLaterSteps() throws IOException {
    write(0, TrainingRounds.round(10, 3), TrainingRounds.round(20, 2));
    write(10, TrainingRounds.round(20, 1.5));

    List<java.nio.file.Path> files = files();
    assertThat(files).hasSize(2);
    Event start = read(files.get(1)).get(1);
    assertThat(start.getSessionLog().getStatus()).isEqualTo(SessionLog.SessionStatus.START);
    assertThat(start.getStep()).as("first step that is the new file's").isEqualTo(11);
    assertThat(read(files.get(1)).get(2).getStep()).isEqualTo(20);
  }

  @Test
  void eachRoundIsReadableAtOnce() throws IOException {
    TensorBoardEvents events = new TensorBoardEvents();
    events.trainingStarted(TrainingRounds.start(new Path(folder.toUri()), 0));

    events.roundEnded(TrainingRounds.round(10, 3));

    assertThat(read(files().get(0))).hasSize(3);
    events.trainingEnded();
  }

  private void write(int firstStep, RoundReport... rounds) {
    TensorBoardEvents events = new TensorBoardEvents();
    events.trainingStarted(TrainingRounds.start(new Path(folder.toUri()), firstStep));
    for (RoundReport round : rounds) {
      events.roundEnded(round);
    }
    events.trainingEnded();
  }

  private List<java.nio.file.Path> files() throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(folder.resolve("tensorboard"))) {
      return files.sorted().toList();
    }
  }

  private static List<Event> read(java.nio.file.Path file) throws IOException {
    assertThat(file.getFileName().toString()).matches("events\\.out\\.tfevents\\.\\d{10}\\..+");
    List<Event> events = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      TFRecordReader records = new TFRecordReader(in, true); // compares checksums
      for (byte[] record = records.read(); record != null; record = records.read()) {
        events.add(Event.parseFrom(record));
      }
    }
    return events;
  }

  private static Map<String, Float> scalars(Event event) {
    return event.getSummary().getValueList().stream()
        .collect(Collectors.toMap(Summary.Value::getTag, Summary.Value::getSimpleValue));
  }
}
