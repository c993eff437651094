package org.sparkgpt.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkgpt.corpus.Verdict;
import scala.collection.JavaConverters;

class ShownTest {
  private static final StructType SPAN =
      new StructType().add("start", DataTypes.IntegerType).add("set", DataTypes.StringType);

  private static final StructType BEFORE = Verdict.appendTo(new StructType().add("id", "string"));

  private static final StructType AFTER =
      Verdict.appendTo(
          new StructType()
              .add("id", "string")
              .add("quality_score", "double")
              .add("removed_characters", "int")
              .add("redactions", DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType))
              .add("removed_spans", DataTypes.createArrayType(SPAN))
              .add("nothing", "string"));

  private static Row row(StructType schema, Object... values) {
    return new GenericRowWithSchema(values, schema);
  }

  private static String shown(boolean full) {
    Object[] spans =
        IntStream.range(0, 12).mapToObj(i -> row(SPAN, i, i > 0 ? null : "a")).toArray();
    Row before = row(BEFORE, "x", null, null, null);
    Row after =
        row(
            AFTER,
            "x",
            0.25,
            12_345,
            JavaConverters.mapAsScalaMap(Map.of("phone", 1L, "email", 2L)),
            JavaConverters.asScalaBuffer(List.of(spans)),
            null,
            "a reason",
            1.0,
            2.0);
    StringWriter out = new StringWriter();
    new Shown(full, new PrintWriter(out, true)).ownColumns(before, after);
    return out.toString();
  }

  @Test
  void theColumnsOfAnyStageAreShownAsTheyAre() {
    assertThat(shown(false))
        .startsWith(
            """
              quality score: 0.2500
              removed characters: 12,345
              redactions: email 2, phone 1
              removed spans: 12
                start 0, set a
                start 1
            """)
        .contains("start 9\n    …\n  nothing: none\n")
        .doesNotContain("id", "reason");
    assertThat(shown(true)).contains("start 11\n").doesNotContain("…");
  }
}
