package dev.refloat.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EdgeTest {
  private final Edge edge = Edge.unmasked();

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          a\\u001b[31mred\\u001b[0mz,       aredz
          a\\u001b]0;title\\u0007z,         az
          a\\u001b]8;;http://x\\u001b\\z,   az
          a\\u001bP1$tx\\u001b\\z,          az
          a\\u009b2Jz,                      az
          a\\u001b(Bz,                      az
          a\\u001bcz,                       az
          a\\u0007\\u0008\\u007fz,          az
          a\\u202e\\u2066\\u200fz,          az
          a\\u200b\\ufeffz,                 az
          """)
  void takesOutWhatSteersATerminal(String raw, String clean) {
    assertThat(edge.line(unescaped(raw))).isEqualTo(clean);
  }

  @Test
  void anUnfinishedSequenceDoesNotSwallowTheRest() {
    assertThat(edge.line("a\u001b]0;the rest is read")).isEqualTo("a0;the rest is read");
    assertThat(edge.line("a\u001b[12")).isEqualTo("a");
    assertThat(edge.line("a\u001b")).isEqualTo("a");
  }

  @Test
  void keepsLettersOfAllLanguagesAndEmoji() {
    String text = "größe 数据 🚀 données ✗ … e\u0301";
    assertThat(edge.line(text)).isEqualTo(text);
  }

  @Test
  void makesOneLineOfMany() {
    assertThat(edge.line("a\r\nb\tc\n")).isEqualTo("a  b c");
    assertThat(edge.lines("a\r\nb\n\n")).isEqualTo(List.of("a", "b"));
  }

  @Test
  void replacesHalfASurrogatePair() {
    assertThat(edge.line("a\ud83dz")).isEqualTo("a\ufffdz");
  }

  private static String unescaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("\\u", i)) {
        out.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
        i += 5;
      } else {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }
}
