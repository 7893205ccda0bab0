package dev.refloat.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RefusedValueTest {

  private static final String HEAD =
      "Helm upgrade failed for release a/b with chart web@1.0.0: values don't meet the specifications"
          + " of the schema(s) in the following chart(s):\n";

  @Test
  void readsThePointersOfHelm4() {
    assertThat(path(HEAD + "web:\n- at '/service/type': value must be one of 'A', 'B'"))
        .containsExactly("service", "type");
    assertThat(path(HEAD + "web:\n- at '/ingress': additional properties 'hostname' not allowed"))
        .containsExactly("ingress", "hostname");
    assertThat(path(HEAD + "web:\n- at '': missing property 'image'")).containsExactly("image");
    assertThat(path(HEAD + "web:\n- at '/annotations/a~1b': got number, want string"))
        .containsExactly("annotations", "a/b");
  }

  @Test
  void readsTheWordsOfHelm3() {
    assertThat(path(HEAD + "web:\n- replicas: Invalid type. Expected: integer, given: string"))
        .containsExactly("replicas");
    assertThat(path(HEAD + "web:\n- (root): image is required")).containsExactly("image");
    assertThat(path(HEAD + "web:\n- ingress: Additional property host is not allowed"))
        .containsExactly("ingress", "host");
  }

  @Test
  void stopsAtTheIndexOfAList() {
    assertThat(path(HEAD + "web:\n- at '/env/0/value': got number, want string"))
        .containsExactly("env");
  }

  @Test
  void putsTheValuesOfASubchartBelowItsName() {
    List<RefusedValue> found =
        RefusedValue.in(HEAD + "redis:\n- at '/auth': got string, want object");
    assertThat(found.getFirst().path()).containsExactly("redis", "auth");
    assertThat(found.getFirst().certain()).isFalse();
  }

  @Test
  void findsPathsInTheWordsOfATemplate() {
    assertThat(path("execution error at (web/templates/a.yaml:1:2): .Values.db.host is required"))
        .containsExactly("db", "host");
    assertThat(path("execution error at (web/templates/a.yaml:1:2): set smtp.password, please"))
        .containsExactly("smtp", "password");
    assertThat(
            RefusedValue.in("execution error at (web/templates/a.yaml:1:2): a password is missing"))
        .isEmpty();
  }

  private static List<String> path(String message) {
    return RefusedValue.in(message).getFirst().path();
  }
}
