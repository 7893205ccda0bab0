package dev.refloat.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {

  @Test
  void fillsNamesAndFallbacks() {
    Template t = new Template("Pod {pod} waits: {why|nobody says why}");
    assertThat(t.fill(Map.of("pod", "web-0"))).isEqualTo("Pod web-0 waits: nobody says why");
    assertThat(t.fill(Map.of("pod", "web-0", "why", "no image")))
        .isEqualTo("Pod web-0 waits: no image");
    assertThat(t.names()).containsExactly("pod", "why");
  }

  @Test
  void putsNothingIntoACommandThatAShellWouldRun() {
    Template t = new Template("kubectl get pod {pod} -n {ns}");
    assertThat(t.fillCommand(Map.of("pod", "web-0", "ns", "shop")))
        .isEqualTo("kubectl get pod web-0 -n shop");
    for (String hostile :
        new String[] {"$(reboot)", "a;b", "a b", "`id`", "a|b", "a\nb", "'", "\"", "a&b", ">x"}) {
      assertThat(t.fillCommand(Map.of("pod", hostile, "ns", "shop")))
          .isEqualTo("kubectl get pod VALUE_NOT_SAFE_TO_PASTE -n shop");
    }
  }

  @Test
  void takesTheFirstOfNamesSideBySideThatHasAValue() {
    Template t = new Template("Claim {claim.name}{event.name} in {a}{b|nowhere}");
    assertThat(t.fill(Map.of("claim.name", "data", "event.name", "data", "b", "x")))
        .isEqualTo("Claim data in x");
    assertThat(t.fill(Map.of("event.name", "data"))).isEqualTo("Claim data in nowhere");
  }
}
