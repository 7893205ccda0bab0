package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Pods;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Pods that the Pod Security level of their namespace forbids
/// (kubernetes.io/docs/concepts/security/pod-security-standards, Kubernetes 1.36).
final class PodSecurityViolated implements Check {
  private static final String LABEL = "pod-security.kubernetes.io/enforce";

  private static final Set<String> BASELINE_CAPABILITIES =
      Set.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_BIND_SERVICE",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");

  private static final Set<String> RESTRICTED_VOLUMES =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "image",
          "persistentVolumeClaim",
          "projected",
          "secret",
          "name");

  private static final RuleInfo INFO =
      new RuleInfo(
          "pod-security-violated",
          "Pods keep to the Pod Security level of their namespace",
          Severity.ERROR,
          List.of("pod-security"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Renderings.eachHere(
        scene,
        (release, r) -> {
          for (Resource o : Renderings.objects(r).toList()) {
            check(scene, release, r, o, report);
          }
        });
  }

  private static void check(
      Scene scene, Declared release, Rendered rendering, Resource object, Report report) {
    Optional<Declared> namespace = scene.cluster().find("", "Namespace", "", object.namespace());
    String level = namespace.flatMap(n -> n.object().label(LABEL)).orElse("privileged");
    boolean restricted = level.equals("restricted");
    Optional<Pods.Template> pods = Pods.of(object);
    if (pods.isEmpty() || !(restricted || level.equals("baseline"))) {
      return;
    }
    TreeSet<String> violations = new TreeSet<>();
    baseline(pods.get().spec(), violations);
    if (restricted) {
      restricted(pods.get().spec(), violations);
    }
    if (violations.isEmpty()) {
      return;
    }
    Report.Draft draft =
        release.object().spec("values").exists()
            ? report.at(release, "spec", "values")
            : Renderings.chart(report, release);
    draft
        .related(
            namespace.orElseThrow().positions().of("metadata", "labels", LABEL), "demanded here")
        .say(
            "Pods of "
                + object.ref().display()
                + ", which "
                + Renderings.chart(rendering.chart())
                + " renders, violate the Pod Security level "
                + level
                + " of their namespace: "
                + String.join(", ", violations),
            "Set the chart's security contexts in the values, or choose another level for the"
                + " namespace");
  }

  private static void baseline(Json pod, Set<String> out) {
    for (String field : List.of("hostNetwork", "hostPID", "hostIPC")) {
      if (pod.get(field).isTrue()) {
        out.add(field + ": true");
      }
    }
    for (Json volume : pod.get("volumes").list()) {
      if (volume.get("hostPath").exists()) {
        out.add("hostPath volume " + volume.get("name").text());
      }
    }
    for (Json c : Pods.containers(pod)) {
      String name = "container " + c.get("name").text() + " ";
      Json security = c.get("securityContext");
      if (security.get("privileged").isTrue()) {
        out.add(name + "privileged: true");
      }
      for (Json add : security.at("capabilities", "add").list()) {
        if (!BASELINE_CAPABILITIES.contains(add.text())) {
          out.add(name + "adds capability " + add.text());
        }
      }
      if (!security.get("procMount").text("Default").equals("Default")) {
        out.add(name + "sets procMount");
      }
      for (Json port : c.get("ports").list()) {
        if (port.get("hostPort").integer(0) > 0) {
          out.add(name + "uses host port " + port.get("hostPort").text());
        }
      }
      seccomp(security, name, out);
    }
    seccomp(pod.get("securityContext"), "", out);
  }

  private static void seccomp(Json security, String name, Set<String> out) {
    if (security.at("seccompProfile", "type").text().equals("Unconfined")) {
      out.add(name + "sets seccompProfile Unconfined");
    }
  }

  private static void restricted(Json pod, Set<String> out) {
    boolean windows = pod.at("os", "name").text().equals("windows");
    Json whole = pod.get("securityContext");
    for (Json volume : pod.get("volumes").list()) {
      if (volume instanceof Json.Obj v && !RESTRICTED_VOLUMES.containsAll(v.keys())) {
        out.add("volume " + v.get("name").text() + " is of a kind that is not allowed");
      }
    }
    for (Json c : Pods.containers(pod)) {
      String name = "container " + c.get("name").text() + " ";
      Json security = c.get("securityContext");
      if (!either(security, whole, "runAsNonRoot").isTrue()) {
        out.add(name + "needs runAsNonRoot: true");
      }
      if (either(security, whole, "runAsUser").integer(1) == 0) {
        out.add(name + "sets runAsUser: 0");
      }
      if (windows) {
        continue;
      }
      if (security.get("allowPrivilegeEscalation") != Json.Bool.FALSE) {
        out.add(name + "needs allowPrivilegeEscalation: false");
      }
      if (security.at("capabilities", "drop").list().stream()
          .noneMatch(d -> d.text().equals("ALL"))) {
        out.add(name + "needs capabilities drop ALL");
      }
      for (Json add : security.at("capabilities", "add").list()) {
        if (!add.text().equals("NET_BIND_SERVICE")) {
          out.add(name + "adds capability " + add.text());
        }
      }
      Json profile = security.at("seccompProfile", "type");
      if (!profile.exists()) {
        profile = whole.at("seccompProfile", "type");
      }
      if (!Set.of("RuntimeDefault", "Localhost").contains(profile.text())) {
        out.add(name + "needs seccompProfile RuntimeDefault or Localhost");
      }
    }
  }

  private static Json either(Json container, Json pod, String field) {
    return container.get(field).exists() ? container.get(field) : pod.get(field);
  }
}
