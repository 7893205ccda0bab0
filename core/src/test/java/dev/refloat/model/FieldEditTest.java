package dev.refloat.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldEditTest {
  private static final Json TREE =
      Json.from(Map.of("spec", Map.of("hosts", List.of("a", "b"), "size", 1)));

  @Test
  void setsAFieldAndCreatesWhatIsAboveIt() {
    Json after = FieldEdit.set(new Json.Str("x"), "spec", "values", "image.tag").applyTo(TREE);
    assertThat(after.at("spec", "values", "image.tag").text()).isEqualTo("x");
    assertThat(after.at("spec", "size").text()).isEqualTo("1");
  }

  @Test
  void removesAFieldAndIsContentWhenItIsGone() {
    FieldEdit edit = FieldEdit.remove("spec", "size");
    Json after = edit.applyTo(TREE);
    assertThat(after.at("spec", "size")).isEqualTo(Json.Missing.MISSING);
    assertThat(edit.applyTo(after)).isEqualTo(after);
    assertThat(FieldEdit.remove("spec", "no", "where").applyTo(TREE)).isEqualTo(TREE);
  }

  @Test
  void replacesAppendsAndRemovesItems() {
    assertThat(hosts(0, new Json.Str("x"))).isEqualTo(Json.from(List.of("x", "b")));
    assertThat(hosts(2, new Json.Str("c"))).isEqualTo(Json.from(List.of("a", "b", "c")));
    assertThat(hosts(0, Json.Missing.MISSING)).isEqualTo(Json.from(List.of("b")));
    assertThatThrownBy(() -> hosts(3, new Json.Str("d"))).hasMessage("spec.hosts has only 2 items");
  }

  @Test
  void refusesToGoThroughAScalar() {
    FieldEdit edit = FieldEdit.set(Json.of(true), "spec", "size", "x");
    assertThatThrownBy(() -> edit.applyTo(TREE)).hasMessage("spec.size is no object");
  }

  @Test
  void quotesKeysWithDots() {
    assertThat(FieldEdit.remove("metadata", "annotations", "a.b/c").field())
        .isEqualTo("metadata.annotations.\"a.b/c\"");
  }

  private static Json hosts(int at, Json value) {
    return new FieldEdit(
            List.of(new FieldEdit.Key("spec"), new FieldEdit.Key("hosts"), new FieldEdit.Index(at)),
            value)
        .applyTo(TREE)
        .at("spec", "hosts");
  }
}
