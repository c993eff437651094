package org.sparkgpt.stage;

import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * One step of the chain, ready to run.
 *
 * @param settings the settings that the output depends on, by section: records that Jackson writes
 * @param inputs digest of each input by its name
 * @param due whether there is work to do even where the same settings and inputs finished before
 * @param check throws if the work cannot begin; an earlier output is still there then
 * @param work writes the output
 */
public record Stage(
    StageName name,
    Map<String, Object> settings,
    Map<String, String> inputs,
    boolean due,
    Runnable check,
    Work work) {

  /** A stage whose work finds out for itself what it cannot do. */
  public Stage(
      StageName name, Map<String, Object> settings, Map<String, String> inputs, Work work) {
    this(name, settings, inputs, () -> {}, work);
  }

  /** A stage whose work is done once for the same settings and inputs. */
  public Stage(
      StageName name,
      Map<String, Object> settings,
      Map<String, String> inputs,
      Runnable check,
      Work work) {
    this(name, settings, inputs, false, check, work);
  }

  /**
   * Does the work, writing into {@code directory}: an empty one, or an unfinished one to go on
   * with.
   */
  @FunctionalInterface
  public interface Work {
    Outcome write(Path directory) throws IOException;
  }

  /**
   * What the work came to.
   *
   * @param rowsIn rows read
   * @param rowsOut rows kept
   * @param dropped rows dropped, by reason
   * @param figures what else was counted or measured, by name
   */
  public record Outcome(
      long rowsIn, long rowsOut, SortedMap<String, Long> dropped, Map<String, Object> figures) {

    /** Of a stage that counts no rows. */
    public static Outcome of(Map<String, Object> figures) {
      return new Outcome(0, 0, new TreeMap<>(), figures);
    }
  }
}
