package org.sparkgpt.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkgpt.extract.HtmlCharset.Origin;

class HtmlCharsetTest {
  private static final Charset CP1252 = Charset.forName("windows-1252");

  /** Paragraphs of the Universal Declaration of Human Rights. */
  private static final Map<String, String> DETECT =
      Map.ofEntries(
          Map.entry("kor", "모든 인류 구성원의 천부의 존엄성과 동등하고 양도할 수 없는 권리를 인정하는 것이 세계의 자유, 정의 및 평화의 기초이며,"),
          Map.entry("jpn", "人類社会のすべての構成員の固有の尊厳と平等で譲ることのできない権利とを承認することは、世界における自由、正義及び平和の基礎であるので、"),
          Map.entry(
              "rus",
              "Принимая во внимание, что признание достоинства, присущего всем членам"
                  + " человеческой семьи, и равных и неотъемлемых прав их является основой "
                  + "свободы, справедливости и всеобщего мира; и"),
          Map.entry(
              "bul",
              "Като взе предвид, че признаването на достойнството, присъщо на всички "
                  + "членове на човешкия род, на техните равни и неотменими права представл"
                  + "ява основа на свободата, справедливостта и мира в света,"),
          Map.entry(
              "ell",
              "Επειδή έχει ουσιαστική σημασία να προστατεύονται τα ανθρώπινα δικαιώμα"
                  + "τα από ένα καθεστώς δικαίου, ώστε ο άνθρωπος να μην αναγκάζεται να προ"
                  + "σφεύγει, ως έσχατο καταφύγιο, στην εξέγερση κατά της τυραννίας και της"
                  + " καταπίεσης."),
          Map.entry(
              "heb",
              "הואיל והכרה בכבוד הטבעי אשר לכל בני משפחת האדם ובזכויותיהם השוות והבלת"
                  + "י נפקעות הוא יסוד החופש, הצדק והשלום בעולם."),
          Map.entry(
              "deu",
              "Da die Anerkennung der angeborenen Würde und der gleichen und unveräuß"
                  + "erlichen Rechte aller Mitglieder der Gemeinschaft der Menschen die Gru"
                  + "ndlage von Freiheit, Gerechtigkeit und Frieden in der Welt bildet,"),
          Map.entry(
              "fra",
              "Considérant que la reconnaissance de la dignité inhérente à tous les m"
                  + "embres de la famille humaine et de leurs droits égaux et inaliénables "
                  + "constitue le fondement de la liberté, de la justice et de la paix dans"
                  + " le monde,"),
          Map.entry(
              "pol",
              "ZWAŻYWSZY, że uznanie przyrodzonej godności oraz równych i niezbywalny"
                  + "ch praw wszystkich członków wspólnoty ludzkiej jest podstawą wolności,"
                  + " sprawiedliwości i pokoju świata,"),
          Map.entry(
              "ces",
              "že uznání přirozené důstojnosti a rovných a nezcizitelných práv členů "
                  + "lidské rodiny je základem svobody, spravedlnosti a míru ve světě,"),
          Map.entry(
              "tur",
              "İnsanlık ailesinin bütün üyelerinde bulunan haysiyetin ve bunların eşi"
                  + "t ve devir kabul etmez haklarının tanınması hususunun, hürriyetin, ada"
                  + "letin ve dünya barışının temeli olmasına,"),
          Map.entry(
              "arb",
              "لمّا كان الاعتراف بالكرامة المتأصلة في جميع أعضاء الأسرة البشرية وبحقو"
                  + "قهم المتساوية الثابتة هو أساس الحرية والعدل والسلام في العالم."),
          Map.entry(
              "tha",
              "โดยที่ความเข้าใจร่วมกันในสิทธิ และอิสรภาพเหล่านี้เป็นสิ่งสำคัญอย่างยิ่"
                  + "ง เพื่อให้ปฏิญาณนี้สำเร็จผลเต็มบริบูรณ์."),
          Map.entry(
              "cmn",
              "鉴于对人权的无视和侮蔑已发展为野蛮暴行,这些暴行玷污了人类的良心,而一个人人享有言论和信仰自由并免予恐惧和匮乏的世界的来临,已被宣布为普通人" + "民的最高愿望,"),
          Map.entry(
              "cmn_hant",
              "鑑於對人權的無視和侮蔑已發展為野蠻暴行，這些暴行沾污了人類的良心，而一個人人享有言論和信仰自由並免予恐懼和匱乏的世界的來臨，已被宣布為普通人"
                  + "民的最高願望，"));

  @Test
  void theOrderIsMarkThenHeaderThenDeclarationThenGuess() {
    byte[] marked = "\ufeffé<meta charset=koi8-r>".getBytes(StandardCharsets.UTF_8);
    byte[] declared = "<meta charset=koi8-r>да".getBytes(Charset.forName("KOI8-R"));

    assertThat(HtmlCharset.decode(marked, CP1252)).startsWith("é");
    assertThat(HtmlCharset.decode(declared, null)).endsWith("да");
    assertThat(HtmlCharset.decode(declared, CP1252)).endsWith("ÄÁ");
    assertThat(HtmlCharset.decode("é".getBytes(StandardCharsets.UTF_8), null)).isEqualTo("é");
    assertThat(HtmlCharset.decode("é “".getBytes(CP1252), null)).isEqualTo("é “");
    assertThat(HtmlCharset.decode("\ufeffé".getBytes(StandardCharsets.UTF_16LE), null))
        .isEqualTo("é");
  }

  @Test
  void declarationsAreFoundInEachForm() {
    for (String declaration :
        new String[] {
          "<META http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1251\">",
          "<?xml version=\"1.0\" encoding='windows-1251'?>",
          "<meta name=a charset=\"windows-1251\" />"
        }) {
      byte[] page = (declaration + "да").getBytes(Charset.forName("windows-1251"));
      assertThat(HtmlCharset.decode(page, null)).as(declaration).endsWith("да");
    }
  }

  @Test
  void namesMeanWhatTheWebMeansByThem() {
    assertThat(HtmlCharset.named("ISO-8859-1")).isEqualTo(CP1252);
    assertThat(HtmlCharset.named("x-no-such")).isNull();
    assertThat(HtmlCharset.named("(bad name)")).isNull();
    byte[] lying = "<meta charset=utf-16>é".getBytes(StandardCharsets.UTF_8);
    assertThat(HtmlCharset.decode(lying, null)).endsWith("é");
  }

  @Test
  void labelsAreThoseOfTheStandard() {
    for (String label :
        new String[] {"l6", "iso-8859-14", "x-user-defined", "hz-gb-2312", " Latin1\n", "x-sjis"}) {
      assertThat(HtmlCharset.named(label)).as(label).isNotNull();
    }
    assertThat(HtmlCharset.named("gb2312").name()).isEqualTo("GB18030");
    byte[] high = {'a', (byte) 0xa1, (byte) 0xff};
    assertThat(new String(high, HtmlCharset.named("l6"))).isEqualTo("aĄĸ");
    assertThat(new String(high, HtmlCharset.named("iso-8859-14"))).isEqualTo("aḂÿ");
    assertThat(new String(high, HtmlCharset.named("x-user-defined"))).isEqualTo("a\uf7a1\uf7ff");
    assertThat(new String(high, HtmlCharset.named("iso-2022-kr"))).isEqualTo("\ufffd");
    assertThat(HtmlCharset.decode(new byte[] {(byte) 0x81, (byte) 0x93}, CP1252))
        .isEqualTo("\u0081“");
  }

  @Test
  void theOriginIsTold() {
    byte[] utf8 = "é".getBytes(StandardCharsets.UTF_8);
    assertThat(HtmlCharset.decodeText(utf8, null).origin()).isEqualTo(Origin.VALID_UTF_8);
    assertThat(HtmlCharset.decodeText(utf8, StandardCharsets.UTF_8).origin())
        .isEqualTo(Origin.HTTP_HEADER);
    byte[] declared = "<meta charset=koi8-r>да".getBytes(Charset.forName("KOI8-R"));
    assertThat(HtmlCharset.decodePage(declared, null).origin()).isEqualTo(Origin.DECLARATION);
    byte[] marked = "\ufeffé".getBytes(StandardCharsets.UTF_8);
    assertThat(HtmlCharset.decodePage(marked, null).origin()).isEqualTo(Origin.BYTE_ORDER_MARK);
  }

  @Test
  void bytesOverruleADeclarationThatIsPlainlyWrong() {
    byte[] utf8 = "<meta charset=iso-8859-1>naïve café".getBytes(StandardCharsets.UTF_8);
    assertThat(HtmlCharset.decode(utf8, null)).endsWith("naïve café");
    assertThat(HtmlCharset.decode(utf8, CP1252)).endsWith("naïve café");
    Charset cyrillic = Charset.forName("windows-1251");
    byte[] page = "<meta charset=windows-1251>Привет, мир".getBytes(cyrillic);
    assertThat(HtmlCharset.decode(page, StandardCharsets.UTF_8)).endsWith("Привет, мир");
    // Some damage is no reason to read all of it in another charset.
    byte[] damaged = "<meta charset=utf-8>éé\u0001éé".getBytes(StandardCharsets.UTF_8);
    damaged[damaged.length - 5] = (byte) 0xe9;
    assertThat(HtmlCharset.decode(damaged, null)).endsWith("éé\ufffdéé");
    // Words of two characters are valid in both: the declaration counts.
    byte[] chinese = "<meta charset=gbk>联通".getBytes(Charset.forName("GBK"));
    assertThat(HtmlCharset.decode(chinese, null)).endsWith("联通");
  }

  @Test
  void onlyRealDeclarationsCount() {
    Charset koi8 = Charset.forName("KOI8-R");
    for (String start :
        new String[] {
          "<!-- <meta charset=utf-8> --><meta charset=koi8-r>",
          "<p title='<meta charset=utf-8>'><meta charset=koi8-r>",
          "<meta name=x content='text/html; charset=utf-8'><meta charset=koi8-r>",
          "<meta charset=no-such><META\tCHARSET = 'KOI8-R' >",
          "<?xml version='1.0' encoding='utf-8'?><meta charset=koi8-r>",
          "<metadata charset=utf-8><meta content='a; charset=koi8-r' http-equiv=Content-Type>"
        }) {
      assertThat(HtmlCharset.decode((start + "да").getBytes(koi8), null)).as(start).endsWith("да");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EUC-KR, kor",
    "x-windows-949, kor",
    "EUC-JP, jpn",
    "Shift_JIS, jpn",
    "ISO-2022-JP, jpn",
    "GB18030, cmn",
    "Big5, cmn_hant",
    "windows-1251, rus",
    "KOI8-R, rus",
    "windows-1251, bul",
    "windows-1253, ell",
    "ISO-8859-7, ell",
    "windows-1255, heb",
    "windows-1252, deu",
    "windows-1252, fra",
    "ISO-8859-2, pol",
    "windows-1250, ces",
    "windows-1254, tur",
    "windows-1256, arb",
    "x-windows-874, tha"
  })
  void undeclaredCharsetsAreDetected(String charset, String language) {
    String text = DETECT.get(language);
    byte[] bytes = text.getBytes(Charset.forName(charset));
    HtmlCharset.Decoded decoded = HtmlCharset.decodeText(bytes, null);
    assertThat(decoded.text()).as(decoded.charset().name()).isEqualTo(text);
    assertThat(decoded.origin()).isEqualTo(Origin.DETECTION);
  }
}
