package org.sparkgpt.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers are those that issuers, registries and states publish as examples. */
class PiiScannerTest {
  private final PiiScanner scanner = new PiiScanner(EnumSet.allOf(Pii.class));

  private String redact(String text) {
    return scanner.redact(text).text();
  }

  private void assertWhole(Pii pii, String hit) {
    for (String around : new String[] {"%s", "so %s.", "(%s), and", "\u4e2d%s\u6587", "\n%s\n"}) {
      Redacted redacted = scanner.redact(around.formatted(hit));
      assertThat(redacted.text()).isEqualTo(around.formatted(pii.placeholder()));
      assertThat(redacted.counts()).isEqualTo(Map.of(pii, 1));
    }
  }

  private void assertUntouched(String text) {
    Redacted redacted = scanner.redact(text);
    assertThat(redacted.text()).isEqualTo(text);
    assertThat(redacted.counts()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jane@example.com",
        "jane.q.public+news@mail.example.co.uk",
        "o'brien_77@sub-domain.example.museum",
        "müller@münchen.de",
        "user@xn--mnchen-3ya.xn--p1ai",
        "root@[192.0.2.1]",
        "2125551234@example.com",
        "4111111111111111@example.com",
      })
  void emails(String hit) {
    assertWhole(Pii.EMAIL, hit);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@handle",
        "a@b",
        "user@localhost",
        "icon@2x.png",
        "lodash@4.17.21",
        "x@-y.com",
        "@",
        "a@@b.com",
        "Object@1a2b3c",
        "name@example.c",
        "@org.junit.Test",
        "a@b..com",
        "x. @y.com",
        "\uff41\uff20\uff42.com",
      })
  void noEmails(String text) {
    assertUntouched(text);
  }

  @Test
  void anEmailEndsWhereItsAddressEnds() {
    String placeholder = Pii.EMAIL.placeholder();
    assertThat(redact("<'jane@example.com'>")).isEqualTo("<'" + placeholder + "'>");
    assertThat(redact("mailto:jane@example.com?subject=x"))
        .isEqualTo("mailto:" + placeholder + "?subject=x");
    assertThat(redact("wait...jane@example.com...")).isEqualTo("wait..." + placeholder + "...");
    assertThat(redact("jane@example.com,joe@example.org"))
        .isEqualTo(placeholder + "," + placeholder);
    assertThat(redact("\u8054\u7cfbabc@example.com\u8c22\u8c22"))
        .isEqualTo("\u8054\u7cfb" + placeholder + "\u8c22\u8c22");
    assertThat(redact("\ud83d\ude00a@example.com\ud83d\ude00"))
        .isEqualTo("\ud83d\ude00" + placeholder + "\ud83d\ude00");
    assertThat(redact("\u05d3\u05d5\u05d0\u05f4\u05dc: a@example.com \u05d5"))
        .isEqualTo("\u05d3\u05d5\u05d0\u05f4\u05dc: " + placeholder + " \u05d5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111", "4012888888881881",
        "5555555555554444", "5105 1051 0510 5100", "2223003122003222", "378282246310005",
        "3714 496353 98431", "30569309025904", "3852 000002 3237", "6011111111111117",
        "3530111333300000", "6200000000000005", "4222 222 222 222", "6304000000000000",
      })
  void cards(String hit) {
    assertWhole(Pii.CARD, hit);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111 1111 1111 1112", // Luhn
        "1234567812345670", // no issuer
        "4222222222222", // may be a barcode
        "411111111111111111111", // too long
        "4111 1111-1111 1111",
        "id=4111111111111111",
        "x4111111111111111",
        "4111111111111111x",
        "0.4111111111111111",
        "$4111111111111111",
        "8888 4111 1111 1111 1111",
        "4577 8631 8638 8639 863A",
        "529F 5281 5290 5290 5297",
        "3662876937228282",
        "4111 1111 1111 1111 8888",
        "\uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11",
        "4111.1111.1111.1111",
      })
  void noCards(String text) {
    assertUntouched(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GB29 NWBK 6016 1331 9268 19",
        "GB29NWBK60161331926819",
        "DE89 3704 0044 0532 0130 00",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NL91 ABNA 0417 1643 00",
        "NO93 8601 1117 947",
        "CH93 0076 2011 6238 5295 7",
        "ES91-2100-0418-4502-0005-1332",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
        "BE68 5390 0754 7034",
        "SA03 8000 0000 6080 1016 7519",
        "BR18 0036 0305 0000 1000 9795 493C 1",
      })
  void ibans(String hit) {
    assertWhole(Pii.IBAN, hit);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GB29 NWBK 6016 1331 9268 18", "GB29NWBK6016133192681", "ZZ29NWBK60161331926819",
        "GB29NWBK601613319268190", "XGB29NWBK60161331926819", "gb29nwbk60161331926819",
      })
  void noIbans(String text) {
    assertUntouched(text);
  }

  @Test
  void anAccountNumberThatHoldsACardNumberCountsOnce() {
    // Hungary's registry example; its last 16 digits begin like a Visa card.
    assertThat(scanner.redact("HU42 1177 3016 1111 1018 0000 0000").counts())
        .isEqualTo(Map.of(Pii.IBAN, 1));
    PiiScanner cards = new PiiScanner(EnumSet.of(Pii.CARD));
    assertThat(cards.redact("HU42 1177 3016 1111 1018 0000 0000").counts()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "93.184.216.34",
        "151.101.1.69",
        "2606:2800:220:1:248:1893:25c8:1946",
        "2001:4860:4860::8888",
        "2a00:1450:4001:81b::200e",
        "2001:1::1",
        "2620:fe::",
      })
  void addresses(String hit) {
    assertWhole(Pii.IP, hit);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.200.3.4",
        "127.0.0.1",
        "192.168.178.20",
        "172.16.254.1",
        "169.254.110.1",
        "100.64.200.1",
        "192.0.2.146",
        "198.51.100.7",
        "203.0.113.195",
        "198.18.200.1",
        "0.0.0.0",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.0.170", // not public
        "093.184.216.34",
        "93.184.216.034",
        "293.184.216.34",
        "93.184.216",
        "93.184.216.34.1",
        "1.2.3.4",
        "version 151.101.1.69",
        "3.2.1.4 Results",
        "lib-151.101.1.69.jar",
        "v151.101.1.69",
        "151.101.1.69-beta",
        "jdk/151.101.1.69",
        "ISBN 151.101.1.69",
        "OID 1.3.101.112",
        "IP, see section 5.5.1.1",
        "::1",
        "2001:db8::1",
        "fe80::1",
        "fc00::1",
        "2002::1",
        "2001::1",
        "3fff:0::1",
        "12:34:56",
        "std::vector",
        "a::b",
        "2001:db8",
        "20:01:0d:b8:85:a3:00:00",
        "2606:2800::220::1",
        "2606:2800:220:1:248:1893:25c8:1946:1",
        "2606:2800:220:1:248:1893:25c8",
      })
  void noAddresses(String text) {
    assertUntouched(text);
  }

  @Test
  void wordsBeforeAnAddressSayThatItIsOne() {
    assertThat(redact("DNS server 8.8.8.8, 1.1.1.1")).doesNotContain("8.8", "1.1");
    assertThat(redact("http://8.8.8.8:80/x")).isEqualTo("http://" + Pii.IP.placeholder() + ":80/x");
    assertThat(redact("[2606:2800::1]:443")).isEqualTo("[" + Pii.IP.placeholder() + "]:443");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+1 212 555 0123",
        "+1 (212) 555-0123",
        "+12125550123",
        "+44 20 7946 0958",
        "+49 (0)30 1234567",
        "+33 1 23 45 67 89",
        "+49-30-1234567",
        "+86 138 1234 5678",
        "+91\u00a098765\u00a043210",
        "0049 30 1234567",
        "(212) 555-0123",
        "212-555-0123",
        "212.555.0123",
        "1-800-555-0123",
        "(212)555-0123",
        "020 7946 0958",
        "030 1234567",
        "0171/1234567",
        "01 23 45 67 89",
        "01.23.45.67.89",
        "(030) 1234567",
        "06-12345678",
        "0171/123 45 67",
      })
  void phones(String hit) {
    assertWhole(Pii.PHONE, hit);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tel. 612 345 678 | tel. ?",
        "Phone: 5550123 | Phone: ?",
        "Fax 212 555 0123 | Fax ?",
        "Téléphone : 123 45 67 | Téléphone : ?",
        "Tel.:030/1234567-0 | Tel.:?",
        "phone #: 555-0123 | phone #: ?",
        "212-555-0123 212-555-0124 | ? ?",
      })
  void wordsBeforeANumberSayThatItIsAPhones(String text, String expected) {
    assertThat(redact(text)).isEqualTo(expected.replace("?", Pii.PHONE.placeholder()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5550123",
        "612 345 678",
        "212 555 0123",
        "2125550123",
        "112-555-0123",
        "212-155-0123",
        "291-555-0123",
        "+100 000 000",
        "+289 123 456 789",
        "+12 345",
        "1 234 567 890",
        "2007-2008",
        "12.03.2020 10",
        "2019-10-12 1234",
        "tel 2019-10-12",
        "09-12-2021 10",
        "3.14159265358979",
        "0.123 456 789",
        "0-306-40615-2",
        "ISBN 0171-1234567",
        "bug #212-555-0123",
        "219-09-9999",
        "MA 02111-1307",
        "+35236450.6",
        "0031 2044 0036",
        "05 04 03 02 01",
        "00 81 00 64 00 81 00",
        "fax 13.834947",
        "252.227-7014",
        "fax 20051015",
        "00840.847775601",
        "12:030 1234567",
        "(a)+341275144",
        "078-05-1120",
        "a+12125550123",
        "x = +12125550123",
        "1,234,567,890",
        "$212.555.0123",
        "212-555-0123-4",
        "10 000 000 000",
        "call 1000000",
        "\u0660\u0661\u0662-\u0663\u0664\u0665-\u0666\u0667\u0668\u0669",
        "007 123 456",
        "https://x.org/212-555-0123",
        "id=212-555-0123",
      })
  void noPhones(String text) {
    assertUntouched(text.replace("x = ", "x="));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RSSMRA85T10A562S",
        "131052-308T",
        "811218-9876",
        "19811218-9876",
        "111.444.777-35",
        "85.07.30-033.28",
        "2 55 08 14 168 025 38",
      })
  void nationalIds(String hit) {
    assertWhole(Pii.NATIONAL_ID, hit);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DNI: 12345678Z",
        "NIF 12345678-Z",
        "NIE X1234567L",
        "NIE: X-1234567-L",
        "BSN 111222333",
        "BSN 1112.22.333",
        "PESEL 44051401359",
        "CPF 11144477735",
        "IdNr. 86095742719",
        "Steuer-ID 86 095 742 719",
        "personnummer 8112189876",
        "NISS 85073003328",
        "n° sécurité sociale 255081416802538",
      })
  void nationalIdsBehindTheirNames(String text) {
    Redacted redacted = scanner.redact(text);
    assertThat(redacted.counts()).isEqualTo(Map.of(Pii.NATIONAL_ID, 1));
    assertThat(redacted.text()).endsWith(" " + Pii.NATIONAL_ID.placeholder());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12345678Z",
        "X1234567L",
        "111222333",
        "44051401359",
        "86095742719",
        "8112189876",
        "DNI: 12345678A",
        "BSN 111222334",
        "PESEL 44051401358",
        "CPF 11111111111",
        "IdNr. 86095742718",
        "RSSMRA85T10A562T",
        "RSSMRA85T10A562SX",
        "131052-308U",
        "811218-9875",
        "811318-9876",
        "111.444.777-36",
        "85.07.30-033.29",
        "2 55 08 14 168 025 39",
        "078-05-1120",
      })
  void noNationalIds(String text) {
    assertUntouched(text);
  }

  @Test
  void emptyAndPlainTextsAreAsTheyWere() {
    for (String text :
        new String[] {"", "x", "1", "@", "+", "(", "\ud83d", "one two", "#1 + (2)"}) {
      assertUntouched(text);
    }
    String plain = "Nothing here, of 1984 and 3.14.";
    assertThat(scanner.redact(plain).text()).as("not copied").isSameAs(plain);
  }

  @Test
  void classesThatAreNotAskedForStay() {
    PiiScanner phones = new PiiScanner(EnumSet.of(Pii.PHONE));
    assertThat(phones.redact("jane@example.com, 4111 1111 1111 1111, (212) 555-0123").text())
        .isEqualTo("jane@example.com, 4111 1111 1111 1111, |||PHONE_NUMBER|||");
  }

  @Test
  void placeholdersAreNoHitsAndTellNothing() {
    StringBuilder all = new StringBuilder();
    for (Pii pii : Pii.values()) {
      all.append(pii.placeholder()).append(" 212 555 0123 8.8.8.8 ").append(pii.placeholder());
    }
    assertUntouched(all.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "@",
        "a.",
        "a@",
        "1.",
        "1 ",
        "+",
        "(",
        "(1",
        "1-",
        "1@a.",
        "4111 1111 1111 1112 ",
        "tel 1 ",
        "2001:",
        "GB29 ",
        "aB",
        "#",
        "..@a",
        "a@b.co ",
        "\ud83d\ude00",
        "0171/",
        "()",
        "1)(",
      })
  void timeGrowsWithTheLengthAlone(String unit) {
    int length = unit.equals("1") ? 50_000_000 : 500_000;
    String text = unit.repeat(length / unit.length());
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> scanner.redact(text)); // quadratic would take hours
  }
}
