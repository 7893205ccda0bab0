package dev.refloat.adapter.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.chart.FluxValues.Hidden;
import dev.refloat.adapter.chart.FluxValues.Unusable;
import dev.refloat.adapter.chart.FluxValues.Values;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FluxValuesTest {
  private final Map<ObjectRef, Resource> objects = new HashMap<>();

  private static Json yaml(String text) {
    try {
      return YamlTrees.read("test", text).getFirst();
    } catch (MalformedInput e) {
      throw new AssertionError(e);
    }
  }

  private void given(String text) {
    Resource r = Resource.of(yaml(text));
    objects.put(r.ref(), r);
  }

  private FluxValues.Composed compose(String spec) {
    Resource release =
        Resource.of(
            yaml(
                "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: app,"
                    + " namespace: shop}}"));
    Json root = ((Json.Obj) release.root()).with("spec", yaml(spec));
    return FluxValues.of(
        Resource.of(root),
        ref -> {
          Resource found = objects.get(ref);
          return found == null ? new Observation.Absent<>() : new Observation.Seen<>(found);
        });
  }

  private Json values(String spec) {
    FluxValues.Composed composed = compose(spec);
    assertThat(composed).isInstanceOf(Values.class);
    return ((Values) composed).values();
  }

  private void twoMaps() {
    given(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: one, namespace: shop}
        data: {values.yaml: "{a: 1, b: {x: 1, y: 1}, list: [1, 2]}", plain: "7"}
        """);
    given(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: two, namespace: shop}
        data: {other.yaml: "{b: {y: 2}, list: [3]}"}
        """);
  }

  @Test
  void laterReferencesWinThenInlineThenTargetPaths() {
    twoMaps();
    assertThat(
            values(
                """
                valuesFrom:
                  - {kind: ConfigMap, name: one, valuesKey: plain, targetPath: b.z}
                  - {kind: ConfigMap, name: one}
                  - {kind: ConfigMap, name: two, valuesKey: other.yaml}
                values: {a: 9, b: {z: 8}}
                """))
        .isEqualTo(yaml("{a: 9, b: {x: 1, y: 2, z: 7}, list: [3]}"));
  }

  @Test
  void targetPathsTakeValuesForWhatTheyLookLike() {
    given(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: s, namespace: shop}
        stringData: {num: "12", t: "true", q: '"12"', l: "{a,b}", s: "it is"}
        data: {b: "aHVudGVyMg=="}
        """);
    FluxValues.Composed composed =
        compose(
            """
            valuesFrom:
              - {kind: Secret, name: s, valuesKey: num, targetPath: num}
              - {kind: Secret, name: s, valuesKey: t, targetPath: deep.t}
              - {kind: Secret, name: s, valuesKey: q, targetPath: q}
              - {kind: Secret, name: s, valuesKey: l, targetPath: l}
              - {kind: Secret, name: s, valuesKey: s, targetPath: "hosts[1].name"}
              - {kind: Secret, name: s, valuesKey: num, targetPath: lit, literal: true}
              - {kind: Secret, name: s, valuesKey: b, targetPath: 'a\\.b'}
            """);
    Values values = (Values) composed;
    assertThat(values.values())
        .isEqualTo(
            yaml(
                "{num: 12, deep: {t: true}, q: '12', l: [a, b], hosts: [null, {name: it is}], lit:"
                    + " '12', a.b: hunter2}"));
    assertThat(values.secret()).contains("hunter2", "12");
  }

  @Test
  void tellsWhatTheRepositoryDoesNotShow() {
    twoMaps();
    assertThat(compose("valuesFrom: [{kind: Secret, name: gone}]"))
        .isEqualTo(new Hidden("its values come from Secret shop/gone, which is not in Git"));
    assertThat(compose("valuesFrom: [{kind: ConfigMap, name: two}]")).isInstanceOf(Hidden.class);
    assertThat(
            values(
                """
                valuesFrom:
                  - {kind: Secret, name: gone, optional: true}
                  - {kind: ConfigMap, name: two, optional: true}
                """))
        .isEqualTo(Json.emptyObject());
  }

  @Test
  void refusesWhatIsNoYamlOrNoMapping() {
    given(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: bad, namespace: shop}
        data: {values.yaml: "a: [", list: "[1]", comma: "a,b"}
        """);
    assertThat(compose("valuesFrom: [{kind: ConfigMap, name: bad}]")).isInstanceOf(Unusable.class);
    assertThat(compose("valuesFrom: [{kind: ConfigMap, name: bad, valuesKey: list}]"))
        .isEqualTo(new Unusable(0, "ConfigMap shop/bad key list holds no mapping"));
    assertThat(
            compose(
                "{valuesFrom: [{kind: ConfigMap, name: bad, valuesKey: comma, targetPath: x.y}],"
                    + " values: {x: 1}}"))
        .isInstanceOf(Unusable.class);
  }

  @Test
  void keepsNullWhichRemovesADefaultOfTheChart() {
    assertThat(values("values: {a: null}")).isEqualTo(yaml("{a: null}"));
  }
}
