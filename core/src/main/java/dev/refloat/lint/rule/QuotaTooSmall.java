package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Pods;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import dev.refloat.model.Quantity;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Pods that ask for more than the ResourceQuota of their namespace allows, or that do not say what
/// they ask for although a quota counts it.
final class QuotaTooSmall implements Check {
  private static final List<String> COUNTED =
      List.of("requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

  private static final RuleInfo INFO =
      new RuleInfo(
          "quota-too-small",
          "What charts render fits the quotas of its namespace",
          Severity.ERROR,
          List.of("quota-exceeded"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared quota : scene.cluster().all("", "ResourceQuota")) {
      Json spec = quota.object().root().get("spec");
      if (!spec.get("scopes").list().isEmpty() || spec.get("scopeSelector").exists()) {
        report.notChecked(quota, "its scope depends on the pods");
        continue;
      }
      for (String what : COUNTED) {
        Json hard = hard(spec, what);
        if (hard.exists()) {
          check(scene, quota, what, hard.text(), report);
        }
      }
    }
  }

  /// `cpu` and `memory` mean the requests.
  private static Json hard(Json spec, String what) {
    Json hard = spec.at("hard").get(what);
    return hard.exists() || !what.startsWith("requests.")
        ? hard
        : spec.at("hard").get(what.substring("requests.".length()));
  }

  /// What one release asks for.
  ///
  /// @param silent workloads whose pods do not say
  private record Share(Declared release, double sum, Set<String> silent) {}

  private static void check(Scene scene, Declared quota, String what, String hard, Report report) {
    String namespace = quota.object().namespace();
    Limits defaults = Limits.of(scene, namespace);
    Map<Declared, Share> shares = new LinkedHashMap<>();
    Renderings.eachHere(
        scene,
        (release, r) -> {
          double sum = 0;
          TreeSet<String> silent = new TreeSet<>();
          for (Resource o : r.manifests()) {
            Optional<Pods.Template> pods = Pods.of(o);
            if (!o.namespace().equals(namespace) || pods.isEmpty()) {
              continue;
            }
            Optional<Double> each = asked(pods.get().spec(), what, defaults);
            if (each.isEmpty()) {
              silent.add(o.ref().display());
            } else {
              sum += each.get() * pods.get().count();
            }
          }
          if (sum > 0 || !silent.isEmpty()) {
            shares.put(release, new Share(release, sum, silent));
          }
        });
    for (Share s : shares.values()) {
      if (!s.silent().isEmpty()) {
        draft(report, s.release())
            .related(quota.positions().of("spec", "hard"), "counted here")
            .say(
                "Quota "
                    + quota.object().name()
                    + " of namespace "
                    + namespace
                    + " counts "
                    + what
                    + ", and pods of "
                    + String.join(", ", s.silent())
                    + " do not set it: they are refused",
                "Set resources." + what + " of every container in the values");
      }
    }
    double total = shares.values().stream().mapToDouble(Share::sum).sum();
    if (total > Quantity.bytes(hard)) {
      exceeded(quota, what, hard, total, new ArrayList<>(shares.values()), report);
    }
  }

  private static void exceeded(
      Declared quota, String what, String hard, double total, List<Share> shares, Report report) {
    shares.sort(Comparator.comparingDouble(Share::sum).reversed());
    Share largest = shares.getFirst();
    String others =
        shares.size() == 1
            ? ""
            : " with " + (shares.size() - 1) + " other releases of the namespace";
    draft(report, largest.release())
        .related(quota.positions().of("spec", "hard", what), "allowed here")
        .say(
            "Pods of HelmRelease "
                + largest.release().ref().path()
                + others
                + " ask for "
                + shown(total, what)
                + " of "
                + what
                + ", and quota "
                + quota.object().name()
                + " allows "
                + hard,
            "Ask for less in the values, or raise the quota");
  }

  private static String shown(double amount, String what) {
    return what.endsWith("cpu")
        ? Math.round(amount * 1000) + "m"
        : String.format(Locale.ROOT, "%.0fMi", amount / (1 << 20));
  }

  private static Report.Draft draft(Report report, Declared release) {
    return release.object().spec("values", "resources").exists()
        ? report.at(release, "spec", "values", "resources")
        : Renderings.chart(report, release);
  }

  /// Of one pod; nothing when a container does not say and no default says it.
  private static Optional<Double> asked(Json pod, String what, Limits defaults) {
    double sum = 0;
    for (Json c : pod.get("containers").list()) {
      Optional<Double> one = ofContainer(c, what, defaults);
      if (one.isEmpty()) {
        return Optional.empty();
      }
      sum += one.get();
    }
    double most = 0;
    for (Json c : pod.get("initContainers").list()) {
      Optional<Double> one = ofContainer(c, what, defaults);
      if (one.isEmpty()) {
        return Optional.empty();
      }
      if (c.get("restartPolicy").text().equals("Always")) {
        sum += one.get();
      } else {
        most = Math.max(most, one.get());
      }
    }
    return Optional.of(Math.max(sum, most));
  }

  /// Requests are as large as limits where only limits are set.
  private static Optional<Double> ofContainer(Json container, String what, Limits defaults) {
    int dot = what.indexOf('.');
    String kind = what.substring(0, dot);
    String resource = what.substring(dot + 1);
    Json resources = container.get("resources");
    Json value = resources.get(kind).get(resource);
    if (!value.exists() && kind.equals("requests")) {
      value = resources.get("limits").get(resource);
    }
    return value.scalar().or(() -> defaults.of(kind, resource)).map(Quantity::bytes);
  }

  /// What LimitRanges of a namespace give to containers that do not say.
  private record Limits(Map<String, String> values) {
    static Limits of(Scene scene, String namespace) {
      Map<String, String> out = new LinkedHashMap<>();
      for (Declared range : scene.cluster().all("", "LimitRange")) {
        if (!range.object().namespace().equals(namespace)) {
          continue;
        }
        for (Json limit : range.object().spec("limits").list()) {
          if (limit.get("type").text().equals("Container")) {
            limit.get("default").strings().forEach((k, v) -> out.put("limits." + k, v));
            limit.get("default").strings().forEach((k, v) -> out.putIfAbsent("requests." + k, v));
            limit.get("defaultRequest").strings().forEach((k, v) -> out.put("requests." + k, v));
          }
        }
      }
      return new Limits(out);
    }

    Optional<String> of(String kind, String resource) {
      return Optional.ofNullable(values.get(kind + "." + resource));
    }
  }
}
