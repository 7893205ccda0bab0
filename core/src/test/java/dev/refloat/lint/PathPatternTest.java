package dev.refloat.lint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PathPatternTest {

  private static boolean matches(String pattern, String path) {
    return new PathPattern(pattern).matches(path);
  }

  @Test
  void takesEverythingBelowAFolder() {
    assertThat(matches("clusters/dev", "clusters/dev")).isTrue();
    assertThat(matches("clusters/dev", "clusters/dev/apps/web.yaml")).isTrue();
    assertThat(matches("clusters/dev/", "clusters/dev/apps/web.yaml")).isTrue();
    assertThat(matches("clusters/dev", "clusters/development/web.yaml")).isFalse();
    assertThat(matches("clusters/dev", "clusters")).isFalse();
  }

  @Test
  void staysInOneFolderWithOneStar() {
    assertThat(matches("apps/*.yaml", "apps/web.yaml")).isTrue();
    assertThat(matches("apps/*.yaml", "apps/team/web.yaml")).isFalse();
    assertThat(matches("apps/w?b.yaml", "apps/web.yaml")).isTrue();
    assertThat(matches("apps/*/web.yaml", "apps/team/web.yaml")).isTrue();
  }

  @Test
  void crossesFoldersWithTwoStars() {
    assertThat(matches("**/testdata/**", "a/b/testdata/c/d.yaml")).isTrue();
    assertThat(matches("**/testdata/**", "testdata/d.yaml")).isTrue();
    assertThat(matches("**/*.yaml", "web.yaml")).isTrue();
    assertThat(matches("a/**/z.yaml", "a/z.yaml")).isTrue();
    assertThat(matches("a/**/z.yaml", "b/z.yaml")).isFalse();
    assertThat(matches("**/x/*.yaml", "a/x/y/x/z.yaml")).isTrue();
  }

  @Test
  void matchesNothingWhenItIsEmpty() {
    assertThat(matches("", "a")).isFalse();
  }

  @Test
  @Timeout(5)
  void takesNoTimeForHostilePatterns() {
    String pattern = "**/*a*a*a*a*a*a*a*a*a*a*a*b/".repeat(20) + "z";
    assertThat(matches(pattern, ("a".repeat(200) + "/").repeat(100))).isFalse();
  }
}
