package org.sparkgpt.ingest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.sparkgpt.corpus.Metadata;

/**
 * What a book's package document (OPF 2 or 3) says.
 *
 * @param spine references to its texts in reading order, without tables of contents and what is
 *     {@code linear="no"}
 */
record EpubPackage(List<String> spine, Metadata metadata) {
  private static final String DUBLIN_CORE = "http://purl.org/dc/elements/1.1/";
  private static final Set<String> TEXTS =
      Set.of("application/xhtml+xml", "text/html", "application/x-dtbook+xml");

  static EpubPackage parse(byte[] opf) throws XMLStreamException {
    Parser parser = new Parser();
    parser.walk(Xml.reader(opf));
    return parser.result();
  }

  private static final class Parser {
    private final Map<String, String> texts = new HashMap<>();
    private final List<String> spine = new ArrayList<>();
    private final Set<String> contents = new HashSet<>();
    private final List<String> creators = new ArrayList<>();
    private final Map<String, String> terms = new HashMap<>();

    void walk(XMLStreamReader xml) throws XMLStreamException {
      while (xml.hasNext()) {
        int event = xml.next();
        if (event == XMLStreamConstants.ENTITY_REFERENCE) {
          throw new XMLStreamException("an entity of a document type");
        }
        if (event == XMLStreamConstants.START_ELEMENT) {
          enter(xml);
        }
      }
    }

    private void enter(XMLStreamReader xml) throws XMLStreamException {
      String name = xml.getLocalName();
      if (DUBLIN_CORE.equals(xml.getNamespaceURI())) {
        String value = Xml.text(xml).strip();
        if (name.equals("creator") && !value.isEmpty()) {
          creators.add(value);
        } else if (!value.isEmpty()) {
          terms.putIfAbsent(name, value);
        }
        return;
      }
      switch (name) {
        case "item" -> item(xml);
        case "itemref" -> {
          if (!"no".equals(xml.getAttributeValue(null, "linear"))) {
            spine.add(xml.getAttributeValue(null, "idref"));
          }
        }
        case "reference" -> {
          if ("toc".equals(xml.getAttributeValue(null, "type"))) {
            contents.add(withoutFragment(xml.getAttributeValue(null, "href")));
          }
        }
        default -> {}
      }
    }

    private void item(XMLStreamReader xml) {
      String type = xml.getAttributeValue(null, "media-type");
      String href = xml.getAttributeValue(null, "href");
      String properties = xml.getAttributeValue(null, "properties");
      boolean navigation = properties != null && List.of(properties.split(" ")).contains("nav");
      if (type != null && TEXTS.contains(type) && href != null && !navigation) {
        texts.put(xml.getAttributeValue(null, "id"), withoutFragment(href));
      }
    }

    private static String withoutFragment(String href) {
      int hash = href == null ? -1 : href.indexOf('#');
      return hash < 0 ? href : href.substring(0, hash);
    }

    EpubPackage result() {
      List<String> hrefs =
          spine.stream()
              .map(texts::get)
              .filter(href -> href != null && !contents.contains(href))
              .toList();
      String rights = terms.get("rights");
      boolean address = rights != null && rights.matches("https?://\\S+");
      String date = terms.get("date");
      Metadata metadata =
          new Metadata(
              terms.get("title"),
              creators.isEmpty() ? null : String.join(", ", creators),
              date != null && date.matches("\\d{4}(-\\d\\d(-\\d\\d(T\\S+)?)?)?") ? date : null,
              terms.get("language"),
              null,
              address ? rights : null);
      return new EpubPackage(hrefs, metadata);
    }
  }
}
