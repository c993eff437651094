package org.sparkgpt.extract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * What the JSON-LD blocks of a page say of the article on it (schema.org's {@code headline}, {@code
 * author}, {@code datePublished}, {@code inLanguage}, {@code license}); each is null if not said. A
 * block that is no JSON says nothing.
 */
final class JsonLd {
  private static final ObjectReader READER = new JsonMapper().reader();

  /** A longer block is data of the site's, not a description of the page. */
  private static final int MAX_CHARACTERS = 1 << 20;

  /** Of the pages that describe more than one thing, this many are looked at. */
  private static final int MAX_OBJECTS = 1000;

  private static final Set<String> OTHER_TYPES =
      Set.of("Report", "BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "APIReference");

  private JsonNode article;

  /** Reads a further block; the first article of all counts. */
  void read(String block) {
    if (article != null || block.length() > MAX_CHARACTERS) {
      return;
    }
    try {
      article = articleIn(READER.readTree(block));
    } catch (JsonProcessingException e) {
      article = null; // many pages have broken ones
    }
  }

  String headline() {
    return text("headline");
  }

  String published() {
    return text("datePublished");
  }

  String language() {
    return text("inLanguage");
  }

  String licence() {
    return text("license");
  }

  /** All of them, with a comma between. */
  String author() {
    List<String> names = new ArrayList<>();
    JsonNode author = property("author");
    for (JsonNode one : author.isArray() ? author : List.of(author)) {
      String name = text(one);
      if (name != null) {
        names.add(name);
      }
    }
    return names.isEmpty() ? null : String.join(", ", names);
  }

  private String text(String name) {
    JsonNode value = property(name);
    return text(value.isArray() ? value.path(0) : value);
  }

  private JsonNode property(String name) {
    return article == null ? READER.createObjectNode().path(name) : article.path(name);
  }

  /** A text is written plainly or as a thing with a name. */
  private static String text(JsonNode value) {
    for (JsonNode text : List.of(value, value.path("name"))) {
      if (text.isTextual() && !text.textValue().isBlank()) {
        return text.textValue();
      }
    }
    return null;
  }

  /** Breadth first, so that the page's own article comes before the ones it mentions. */
  private static JsonNode articleIn(JsonNode root) {
    Deque<JsonNode> left = new ArrayDeque<>();
    left.add(root);
    for (int seen = 0; seen < MAX_OBJECTS && !left.isEmpty(); seen++) {
      JsonNode node = left.remove();
      if (isArticle(node.path("@type"))) {
        return node;
      }
      if (node.isArray()) {
        node.forEach(left::add);
      } else if (node.isObject()) {
        left.add(node.path("@graph"));
        left.add(node.path("mainEntity"));
      }
    }
    return null;
  }

  private static boolean isArticle(JsonNode type) {
    String name = (type.isArray() ? type.path(0) : type).asText();
    return name.endsWith("Article") || OTHER_TYPES.contains(name);
  }
}
