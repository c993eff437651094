package org.sparkgpt.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.sparkgpt.corpus.Document;

/** One line of a JSON Lines file: an object with {@code text} and perhaps {@code url}. */
final class JsonLine implements LineRecords.Parser {
  private final ObjectReader reader;

  JsonLine(IngestConfig config) {
    // Jackson refuses strings above 20 MB by itself; here the document's limit decides.
    int longest = Math.toIntExact(config.maxDocumentBytes());
    StreamReadConstraints limits = StreamReadConstraints.builder().maxStringLength(longest).build();
    reader =
        JsonMapper.builder(JsonFactory.builder().streamReadConstraints(limits).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();
  }

  @Override
  public Document parse(String line, String source) throws RejectedException {
    JsonNode object;
    try {
      object = reader.readTree(line);
    } catch (JsonProcessingException e) {
      throw RejectedException.notJson();
    }
    if (!object.isObject()) {
      throw RejectedException.notJson();
    }
    JsonNode text = object.path(Document.TEXT);
    if (!text.isTextual()) {
      throw RejectedException.noText();
    }
    JsonNode url = object.path(Document.URL);
    return Document.of(text.textValue(), source, url.isTextual() ? url.textValue() : null);
  }
}
