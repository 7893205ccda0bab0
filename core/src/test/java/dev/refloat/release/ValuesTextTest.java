package dev.refloat.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.release.ValuesText.Setting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTextTest {

  private static final String TEXT =
      """
      # values of the shop
      image:
        repository: ghcr.io/acme/shop   # no tag
        "tag": 'v1'
        note: |
          replicas: 9
            deeper: 8
      ingress: {hosts: [a]}
      empty: {}
      list:
      - name: a
        value: b
      gone:
      replicas: 2
      """;

  @Test
  void findsKeysByTheirIndentation() {
    assertThat(find("replicas").line()).isEqualTo(14);
    assertThat(find("image", "tag").line()).isEqualTo(4);
    assertThat(find("image", "repository").line()).isEqualTo(3);
  }

  @Test
  void leavesWhatIsNotThere() {
    assertThat(find("replicaCount").setting()).isEqualTo(Setting.LEAVES);
    assertThat(find("image", "digest").setting()).isEqualTo(Setting.LEAVES);
    assertThat(find("empty", "x").setting()).isEqualTo(Setting.LEAVES);
    assertThat(find("deeper").setting()).isEqualTo(Setting.LEAVES);
  }

  @Test
  void knowsThatScalarsListsAndNullReplaceWhatIsBelow() {
    assertThat(find("replicas", "min").setting()).isEqualTo(Setting.SETS);
    assertThat(find("list", "name").setting()).isEqualTo(Setting.SETS);
    assertThat(find("gone", "x").setting()).isEqualTo(Setting.SETS);
  }

  @Test
  void cannotTellWhatIsInAFlowMapping() {
    assertThat(find("ingress", "hosts").setting()).isEqualTo(Setting.HIDDEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{replicas: 2}",
        "***",
        "- a\n- b",
        "base: &base\n  a: 1\nother:\n  <<: *base",
        "a: 1\n---\nreplicas: 2",
        "a:\n\tb: 1\n"
      })
  void cannotTellOfTextsThatItDoesNotFollow(String text) {
    assertThat(ValuesText.find(text, List.of("replicas")).setting()).isEqualTo(Setting.HIDDEN);
  }

  @Test
  void endsSoonOnLongLines() {
    String text = "a".repeat(200_000) + "\n" + ": ".repeat(100_000);
    assertThat(ValuesText.find(text, List.of("a")).setting()).isEqualTo(Setting.HIDDEN);
  }

  private static ValuesText.Place find(String... path) {
    return ValuesText.find(TEXT, List.of(path));
  }
}
