package org.sparkgpt.redact;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.sparkgpt.corpus.Hash64;

/**
 * Which telling words the text had so far, and where. Numbers that could be anything are personal
 * data only behind a word that says so.
 */
final class Context {
  /** What a word tells of the number behind it. */
  enum Topic {
    PHONE(30),
    /** Numbers of books and things: no phone, no address. As Dolma has it. */
    CATALOGUE(100),
    VERSION(30),
    HOST(40),
    DNI(60),
    NIR(60),
    STEUER_ID(60),
    BSN(60),
    PESEL(60),
    CPF(60),
    PERSONNUMMER(60),
    RIJKSREGISTER(60);

    private final int reach; // UTF-16 units between the word and the number

    Topic(int reach) {
      this.reach = reach;
    }
  }

  private static final Map<Topic, List<String>> WORDS =
      Map.ofEntries(
          Map.entry(
              Topic.PHONE,
              List.of(
                  "tel telephone telefon telefone telefono teléfono téléphone telefoon tél tlf phone"
                      .split(" "))),
          Map.entry(Topic.CATALOGUE, List.of("isbn", "issn", "doi")),
          Map.entry(
              Topic.VERSION,
              List.of(
                  "v",
                  "ver",
                  "version",
                  "versions",
                  "release",
                  "build",
                  "section",
                  "chapter",
                  "oid",
                  "rfc",
                  "firmware",
                  "driver")),
          Map.entry(
              Topic.HOST,
              List.of(
                  "ip",
                  "ipv",
                  "dns",
                  "host",
                  "hostname",
                  "server",
                  "address",
                  "ping",
                  "http",
                  "https",
                  "ssh",
                  "nameserver",
                  "gateway",
                  "router",
                  "proxy",
                  "resolver")),
          Map.entry(Topic.DNI, List.of("dni", "nif", "nie", "cif")),
          Map.entry(Topic.NIR, List.of("nir", "insee", "sécurité", "securite", "sécu")),
          Map.entry(
              Topic.STEUER_ID,
              List.of(
                  "idnr", "steuer", "steueridentifikationsnummer", "identifikationsnummer", "tin")),
          Map.entry(Topic.BSN, List.of("bsn", "burgerservicenummer", "sofinummer")),
          Map.entry(Topic.PESEL, List.of("pesel")),
          Map.entry(Topic.CPF, List.of("cpf")),
          Map.entry(Topic.PERSONNUMMER, List.of("personnummer", "personnr", "pnr")),
          Map.entry(
              Topic.RIJKSREGISTER,
              List.of("rijksregister", "rijksregisternummer", "registre", "niss", "insz")));

  private static final List<String> MORE_PHONE_WORDS =
      List.of(
          "phones",
          "fax",
          "telefax",
          "mobile",
          "mobil",
          "móvil",
          "cellphone",
          "whatsapp",
          "hotline",
          "gsm");

  private static final int LONGEST = 32;
  private static final int SLOTS = 512; // of a table that is a quarter full at most
  private static final long[] HASHES = new long[SLOTS];
  private static final Topic[] TOPICS = new Topic[SLOTS];

  static {
    WORDS.forEach((topic, words) -> words.forEach(word -> enter(word, topic)));
    MORE_PHONE_WORDS.forEach(word -> enter(word, Topic.PHONE));
  }

  private final long[] seen = new long[Topic.values().length];

  private static void enter(String word, Topic topic) {
    long hash = Hash64.of(word);
    int slot = (int) hash & SLOTS - 1;
    while (TOPICS[slot] != null) {
      slot = slot + 1 & SLOTS - 1;
    }
    HASHES[slot] = hash;
    TOPICS[slot] = topic;
  }

  /** Begins a text. */
  void reset() {
    Arrays.fill(seen, Integer.MIN_VALUE);
  }

  /** Takes note of the word that begins at {@code start}; returns where its letters end. */
  int readWord(String text, int start, int limit) {
    long hash = Hash64.START;
    int i = start;
    while (i < limit) {
      char c = text.charAt(i);
      if (Characters.isLetter(c)) {
        hash = Hash64.append(hash, (char) (c | 0x20));
      } else if (c >= 0x80 && Character.isLetter(c) && Characters.isWord(c)) {
        hash = Hash64.append(hash, Character.toLowerCase(c));
      } else {
        break;
      }
      i++;
    }
    if (i - start <= LONGEST && !isBeside('_', text, start, i)) { // of our own placeholders
      note(Hash64.mix(hash), i);
    }
    return i;
  }

  private static boolean isBeside(char c, String text, int start, int end) {
    return start > 0 && text.charAt(start - 1) == c || end < text.length() && text.charAt(end) == c;
  }

  /** Takes note of a number sign. */
  void readNumberSign(int end) {
    seen[Topic.CATALOGUE.ordinal()] = end;
  }

  private void note(long hash, int end) {
    for (int slot = (int) hash & SLOTS - 1; TOPICS[slot] != null; slot = slot + 1 & SLOTS - 1) {
      if (HASHES[slot] == hash) {
        seen[TOPICS[slot].ordinal()] = end;
        return;
      }
    }
  }

  /** As {@link #tells}, and no word of {@code other} stands nearer. */
  boolean tellsRather(Topic topic, Topic other, int start) {
    return tells(topic, start) && seen[topic.ordinal()] > seen[other.ordinal()];
  }

  /** Whether one of the topic's words stands shortly before {@code start}. */
  boolean tells(Topic topic, int start) {
    return start - seen[topic.ordinal()] <= topic.reach;
  }
}
