package dev.refloat.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextWidthTest {

  @Test
  void countsColumnsNotCharacters() {
    assertThat(TextWidth.of("abc")).isEqualTo(3);
    assertThat(TextWidth.of("数据")).isEqualTo(4);
    assertThat(TextWidth.of("🚀")).isEqualTo(2);
    assertThat(TextWidth.of("e\u0301")).isEqualTo(1);
  }

  @Test
  void wrapsAtSpacesAndLosesNothing() {
    assertThat(TextWidth.wrap("one two three four", 9)).containsExactly("one two", "three", "four");
    String digest = "sha256:0123456789abcdef";
    assertThat(String.join("", TextWidth.wrap(digest, 10))).isEqualTo(digest);
    assertThat(TextWidth.wrap("anything goes", 0)).containsExactly("anything goes");
  }

  @Test
  void cutsWithAnEllipsis() {
    assertThat(TextWidth.cut("abcdefgh", 5, "…")).isEqualTo("abcd…");
    assertThat(TextWidth.cut("abcde", 5, "…")).isEqualTo("abcde");
    assertThat(TextWidth.cut("数据数据", 5, "…")).isEqualTo("数据…");
  }
}
