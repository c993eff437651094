package org.sparkgpt.jobs;

import java.time.Duration;
import java.time.Instant;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how far the running Spark job is: a bar on a terminal, otherwise a log line every few
 * seconds. Jobs that say nothing of themselves (no job description) and short ones stay silent.
 */
final class SparkProgress extends SparkListener {
  private static final Logger LOG = LoggerFactory.getLogger(SparkProgress.class);
  private static final Duration LINE_EVERY = Duration.ofSeconds(5);

  private final boolean terminal = System.console() != null && System.getenv("NO_COLOR") == null;
  private String description;
  private Instant started;
  private Instant lastLine;
  private int tasks;
  private int done;
  private ProgressBar bar;

  @Override
  public void onJobStart(SparkListenerJobStart job) {
    description = job.properties().getProperty("spark.job.description");
    started = Instant.now();
    lastLine = started;
    tasks = 0;
    done = 0;
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted stage) {
    tasks += stage.stageInfo().numTasks();
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd task) {
    done++;
    Instant now = Instant.now();
    if (description == null || Duration.between(lastLine, now).compareTo(LINE_EVERY) < 0) {
      if (bar != null) {
        bar.stepTo(done);
      }
      return;
    }
    lastLine = now;
    if (terminal) {
      showBar();
    } else {
      long seconds = Duration.between(started, now).toSeconds();
      double perSecond = (double) done / Math.max(1, seconds);
      LOG.info(
          "{}: {} of {} tasks, {} s, {} s left in this step",
          description,
          done,
          tasks,
          seconds,
          Math.round((tasks - done) / perSecond));
    }
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd job) {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  private void showBar() {
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(description)
              .setInitialMax(tasks)
              .setStyle(ProgressBarStyle.ASCII)
              .build();
    }
    bar.maxHint(tasks);
    bar.stepTo(done);
  }
}
