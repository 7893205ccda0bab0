package dev.refloat.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

  @Test
  void findsASlipOfTheKeyboard() {
    List<String> charts = List.of("librechat", "mongodb", "meilisearch", "redis");
    assertThat(Nearest.of("librchat", charts, 3)).containsExactly("librechat");
    assertThat(Nearest.of("mongdob", charts, 3)).containsExactly("mongodb");
    assertThat(Nearest.of("LibreChat", charts, 3)).containsExactly("librechat");
  }

  @Test
  void findsANameThatBeginsWithTheOther() {
    assertThat(Nearest.of("mongo", List.of("mongodb", "mysql"), 3)).containsExactly("mongodb");
    assertThat(Nearest.of("redis-cluster", List.of("redis", "kafka"), 3)).containsExactly("redis");
  }

  @Test
  void putsTheNearestFirst() {
    assertThat(Nearest.of("image-pul", List.of("image-pulled", "image-push", "image-pull"), 2))
        .containsExactly("image-pull", "image-push");
  }

  @Test
  void suggestsNothingFarFetched() {
    assertThat(Nearest.of("librechat", List.of("redis", "kafka", "nginx"), 3)).isEmpty();
    assertThat(Nearest.of("a", List.of("b"), 3)).isEmpty();
    assertThat(Nearest.of("", List.of("b"), 3)).isEmpty();
    assertThat(Nearest.of("x".repeat(5000), List.of("x".repeat(5000) + "y"), 3)).isEmpty();
  }

  @Test
  void countsEditsAndSwaps() {
    assertThat(Nearest.distance("abcd", "abcd")).isZero();
    assertThat(Nearest.distance("abcd", "abdc")).isEqualTo(1);
    assertThat(Nearest.distance("abcd", "acd")).isEqualTo(1);
    assertThat(Nearest.distance("abcd", "xbcdy")).isEqualTo(2);
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
  }
}
