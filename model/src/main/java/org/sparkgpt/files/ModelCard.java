package org.sparkgpt.files;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkgpt.layer.GptConfig;
import org.sparkgpt.layer.ParameterLayout;

/**
 * What the {@code README.md} beside a model says of it.
 *
 * @param name title, such as the run's name
 * @param facts what is known of the training, in the order shown: "training tokens" to "1,003,854"
 */
public record ModelCard(String name, Map<String, String> facts) {
  public ModelCard {
    facts = new LinkedHashMap<>(facts); // keeps the order, which Map.copyOf does not
  }

  String markdown(GptConfig config) {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("architecture", "GPT-2 decoder, tied embedding");
    rows.put("parameters", String.format(Locale.ROOT, "%,d", ParameterLayout.of(config).length()));
    rows.put("layers", Integer.toString(config.layers()));
    rows.put("heads", Integer.toString(config.heads()));
    rows.put("width", Integer.toString(config.embd()));
    rows.put("context", config.context() + " tokens");
    rows.put("vocabulary", Integer.toString(config.vocabulary()));
    rows.put("activation", config.activation().huggingFaceName());
    rows.put("biases", config.bias() ? "trained" : "none (stored as zeros)");
    rows.putAll(facts);
    String table =
        rows.entrySet().stream()
            .map(row -> "| " + cell(row.getKey()) + " | " + cell(row.getValue()) + " |")
            .collect(Collectors.joining("\n"));
    return """
        ---
        library_name: transformers
        pipeline_tag: text-generation
        tags:
        - gpt2
        - sparkgpt
        ---
        # %s

        A GPT-2 style language model trained with sparkgpt. It continues text; it is not tuned to
        follow instructions, and repeats the errors and views of the text it learnt from.

        | | |
        |---|---|
        %s

        ```python
        from transformers import pipeline
        print(pipeline("text-generation", model=".")("Once upon a time")[0]["generated_text"])
        ```
        """
        .formatted(name, table);
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }
}
