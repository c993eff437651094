package org.sparkgpt.decontaminate;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkgpt.corpus.Document;
import org.sparkgpt.corpus.DocumentJudge;
import org.sparkgpt.corpus.Verdict;

/**
 * Cuts out of training documents what evaluation sets have too, by the recipe of GPT-3 (<a
 * href="https://arxiv.org/abs/2005.14165">Brown et al. 2020</a>, appendix C):
 *
 * <ol>
 *   <li>A match is an n-gram of words (see {@link Words}) that is also in an example of a set; n is
 *       the set's own, see {@link DecontaminateConfig}. N-grams of more than {@code maxDocuments}
 *       documents, counted once for each document id, are common phrases and left alone.
 *   <li>From a document go the matches with {@code windowCharacters} on each side. Cuts that
 *       overlap or touch are one cut: a long quotation is one, however many n-grams it has.
 *   <li>A document of which more than {@code maxPieces} pieces are left, however short, is dropped:
 *       {@code decontaminate/too-many-pieces}.
 *   <li>Pieces shorter than {@code minPieceCharacters}, or of white space only, go too. If none is
 *       left the document is dropped: {@code decontaminate/nothing-left}, with the length of the
 *       longest piece. The others, joined by blank lines, are the text.
 * </ol>
 *
 * <p>A document without a match stays as it is, however short. What the paper does not say is
 * decided so: pieces are counted before the short ones go, an empty one is none, and words are read
 * by {@link Words}.
 */
public final class Decontamination {
  /**
   * What was removed from the document, as (start, end, set): UTF-16 offsets in the text as it
   * came, by start. The set is null where a piece went because it was short or the document was
   * dropped; so the spans together are all that is gone, and what is outside of them is the text
   * that is left. What was cut for two sets is there for each.
   */
  public static final String REMOVED_SPANS = "removed_spans";

  static final String START = "start";
  static final String END = "end";
  static final String SET = "set";

  private static final StructType SPAN =
      new StructType()
          .add(START, DataTypes.IntegerType, false)
          .add(END, DataTypes.IntegerType, false)
          .add(SET, DataTypes.StringType, true);

  private Decontamination() {}

  /**
   * All rows of {@code documents} with the overlap cut out of {@link Document#TEXT}, {@link
   * #REMOVED_SPANS} and a {@link Verdict} appended. Ids stay those of the ingested text. Each row
   * is judged alone, so the result does not depend on how rows are spread.
   *
   * @param overlap of these documents
   */
  public static Dataset<Row> annotate(Dataset<Row> documents, Overlap overlap) {
    SparkSession spark = documents.sparkSession();
    // Only the n-grams to cut out travel: as a rule few of those in the sets.
    Broadcast<NGramIndex> index =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(overlap.toCut());
    int text = documents.schema().fieldIndex(Document.TEXT);
    DecontaminateConfig config = overlap.config();
    return DocumentJudge.judgeAll(
        documents,
        new StructType().add(REMOVED_SPANS, DataTypes.createArrayType(SPAN, false), false),
        () -> {
          Cutter cutter = new Cutter(index.value(), config);
          return row -> judged(cutter.cut(row.getString(text)));
        });
  }

  private static DocumentJudge.Judged judged(Cut cut) {
    Object[] removed =
        cut.removed().stream()
            .map(span -> RowFactory.create(span.start(), span.end(), span.set()))
            .toArray();
    return new DocumentJudge.Judged(cut.text(), cut.verdict(), (Object) removed);
  }
}
