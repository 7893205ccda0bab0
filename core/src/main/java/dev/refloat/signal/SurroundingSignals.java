package dev.refloat.signal;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.Workloads;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What surrounds a release: namespaces, quotas, webhooks, definitions, Flux's controllers, and
/// other
/// releases that claim the same.
final class SurroundingSignals {

  private static final Pattern WEBHOOK =
      Pattern.compile("failed (?:calling|to call) webhook \"([^\"]+)\"");
  private static final Pattern NO_MATCHES =
      Pattern.compile("no matches for kind \"([^\"]+)\" in versions? \"?([^\"\\s,]+)");

  private SurroundingSignals() {}

  /// What Flux and the cluster say went wrong.
  private static String texts(Signals known) {
    return Stream.of(SignalKind.FAILURE, SignalKind.EVENT)
        .flatMap(kind -> known.of(kind).stream())
        .map(s -> s.get("message"))
        .collect(Collectors.joining("\n"));
  }

  static void namespaces(Belongings b, List<Signal> out) {
    ReleaseView v = b.view();
    if (v.remote()) {
      return;
    }
    namespace(b.evidence(), v.targetNamespace(), "target", out);
    if (!v.storageNamespace().equals(v.targetNamespace())) {
      namespace(b.evidence(), v.storageNamespace(), "storage", out);
    }
  }

  private static void namespace(Evidence evidence, String name, String role, List<Signal> out) {
    Optional<Resource> found = evidence.find(Kind.NAMESPACE, "", name);
    // a recording or a restricted user may see a few namespaces only: absence is a fact when all
    // were listed
    boolean known = evidence.knows(Kind.NAMESPACE, "") && !evidence.all(Kind.NAMESPACE).isEmpty();
    boolean terminating =
        found
            .map(n -> n.deleted().isPresent() || n.status("phase").text().equals("Terminating"))
            .orElse(false);
    out.add(
        Signal.of(SignalKind.NAMESPACE, new ObjectRef("v1", "Namespace", "", name))
            .says(
                "status.phase",
                found.map(n -> n.status("phase").text("Active")).orElse("not found"))
            .at(found.flatMap(Resource::deleted))
            .with("name", name)
            .with("role", role)
            .with("exists", found.isPresent() ? "true" : known ? "false" : "unknown")
            .with("terminating", terminating)
            .with(
                "message",
                found.stream()
                    .flatMap(n -> n.conditions().stream())
                    .filter(Condition::isTrue)
                    .map(Condition::message)
                    .collect(Collectors.joining("; ")))
            .build());
  }

  static void controllers(Belongings b, List<Signal> out) {
    for (String name : List.of("helm-controller", "source-controller")) {
      b.evidence().deploymentsNamed(name).stream()
          .filter(d -> d.name().equals(name))
          .findFirst()
          .ifPresent(d -> out.add(controller(b, name, d)));
    }
  }

  private static Signal controller(Belongings b, String name, Resource d) {
    String trouble =
        b.evidence().in(d.namespace(), Kind.POD).stream()
            .filter(p -> p.label("app").map(name::equals).orElse(false))
            .flatMap(p -> p.status("containerStatuses").list().stream())
            .filter(s -> !s.get("ready").isTrue())
            .map(
                s ->
                    s.at("state", "waiting", "reason")
                        .text(s.at("lastState", "terminated", "reason").text("not ready")))
            .distinct()
            .collect(Collectors.joining(", "));
    String image =
        d.spec("template", "spec", "containers").list().stream()
            .findFirst()
            .map(c -> c.get("image").text())
            .orElse("");
    return Signal.of(SignalKind.CONTROLLER, d.ref())
        .says(
            "status.readyReplicas",
            Workloads.ready(d)
                + " of "
                + d.spec("replicas").text("1")
                + " ready"
                + (trouble.isEmpty() ? "" : ", " + trouble))
        .with("name", name)
        .with("exists", true)
        .with("ready", Workloads.ready(d) > 0)
        .with("message", d.spec("replicas").text("1").equals("0") ? "scaled to zero" : trouble)
        .with("version", image.contains(":") ? image.substring(image.lastIndexOf(':') + 1) : "")
        .build();
  }

  static void quotas(Belongings b, List<Signal> out) {
    for (Resource q : b.evidence().in(b.view().targetNamespace(), Kind.RESOURCE_QUOTA)) {
      out.add(
          Signal.of(SignalKind.QUOTA, q.ref())
              .says("status.hard", display(q.status("hard")))
              .with("namespace", q.namespace())
              .with("name", q.name())
              .with("hard", display(q.status("hard").exists() ? q.status("hard") : q.spec("hard")))
              .with("used", display(q.status("used")))
              .build());
    }
  }

  private static String display(Json quantities) {
    return quantities.strings().entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(", "));
  }

  static void webhooks(Belongings b, Signals known, List<Signal> out) {
    Matcher m = WEBHOOK.matcher(texts(known));
    Set<String> seen = new LinkedHashSet<>();
    while (m.find()) {
      if (seen.add(m.group(1))) {
        out.add(webhook(b.evidence(), m.group(1)));
      }
    }
  }

  private static Signal webhook(Evidence evidence, String name) {
    for (Kind kind : List.of(Kind.VALIDATING_WEBHOOK, Kind.MUTATING_WEBHOOK)) {
      for (Resource config : evidence.all(kind)) {
        for (Json hook : config.at("webhooks").list()) {
          if (hook.get("name").text().equals(name)) {
            return webhook(evidence, config, hook);
          }
        }
      }
    }
    return Signal.of(
            SignalKind.WEBHOOK,
            new ObjectRef(
                "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", name))
        .says("webhooks", "called " + name)
        .with("name", name)
        .with("backend-exists", "unknown")
        .build();
  }

  private static Signal webhook(Evidence evidence, Resource config, Json hook) {
    Json service = hook.at("clientConfig", "service");
    String namespace = service.get("namespace").text();
    String serviceName = service.get("name").text();
    Optional<Resource> backend = evidence.find(Kind.SERVICE, namespace, serviceName);
    return Signal.of(SignalKind.WEBHOOK, config.ref())
        .says(
            "webhooks[" + hook.get("name").text() + "].clientConfig.service",
            namespace + "/" + serviceName)
        .with("name", hook.get("name").text())
        .with("configuration", config.name())
        .with("kind", config.kind())
        .with("backend-namespace", namespace)
        .with("backend-name", serviceName)
        .with(
            "backend-exists",
            backend.isPresent()
                ? "true"
                : evidence.knows(Kind.SERVICE, namespace) ? "false" : "unknown")
        .with("backend-ready", backendReady(evidence, backend))
        .with("failure-policy", hook.get("failurePolicy").text("Fail"))
        .build();
  }

  private static String backendReady(Evidence evidence, Optional<Resource> service) {
    if (service.isEmpty() || !(service.get().spec("selector") instanceof Json.Obj selector)) {
      return "unknown";
    }
    return evidence.in(service.get().namespace(), Kind.POD).stream()
            .filter(
                p ->
                    selector.strings().entrySet().stream()
                        .allMatch(e -> p.label(e.getKey()).map(e.getValue()::equals).orElse(false)))
            .anyMatch(Workloads::healthy)
        ? "true"
        : "false";
  }

  static void definitions(Belongings b, Signals known, List<Signal> out) {
    Matcher m = NO_MATCHES.matcher(texts(known));
    Set<String> seen = new java.util.LinkedHashSet<>();
    while (m.find()) {
      String kind = m.group(1);
      String apiVersion = m.group(2);
      if (seen.add(kind + apiVersion)) {
        out.add(definition(b.evidence(), kind, apiVersion));
      }
    }
  }

  private static Signal definition(Evidence evidence, String kind, String apiVersion) {
    String group = apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
    List<Resource> ofGroup =
        evidence.all(Kind.CUSTOM_RESOURCE_DEFINITION).stream()
            .filter(c -> c.name().endsWith("." + group))
            .toList();
    String plural = kind.toLowerCase(java.util.Locale.ROOT);
    Optional<Resource> found =
        ofGroup.stream()
            .filter(
                c ->
                    c.spec("names", "kind").text().equals(kind)
                        || c.name()
                            .startsWith(plural.substring(0, Math.max(1, plural.length() - 1))))
            .findFirst();
    boolean known = evidence.knows(Kind.CUSTOM_RESOURCE_DEFINITION, "");
    return Signal.of(
            SignalKind.DEFINITION,
            new ObjectRef(
                "apiextensions.k8s.io/v1", "CustomResourceDefinition", "", plural + "s." + group))
        .says("no matches for kind", kind + " in " + apiVersion)
        .with("kind", kind)
        .with("api-version", apiVersion)
        .with("group", group)
        .with("exists", found.isPresent() ? "true" : known ? "false" : "unknown")
        .with("provider", KnownDefinitions.chartFor(group))
        .build();
  }

  /// Two HelmReleases that stand for one Helm release fight over it.
  static void rivals(Belongings b, List<Signal> out) {
    ReleaseView self = b.view();
    if (self.remote()) {
      return;
    }
    for (Resource other : b.evidence().releasesNamed(self.storageNamespace(), self.storageName())) {
      if (!other.ref().sameObject(self.resource().ref())
          && !other.spec("kubeConfig").exists()
          && !other.spec("suspend").isTrue()) {
        out.add(
            Signal.of(SignalKind.RIVAL, other.ref())
                .says("spec.releaseName", self.storageName())
                .with("namespace", other.namespace())
                .with("name", other.name())
                .with(
                    "what",
                    "the Helm release " + self.storageNamespace() + "/" + self.storageName())
                .build());
      }
    }
  }

  /// What repositories and registries offered when they were asked.
  static void offers(Belongings b, Signals known, List<Signal> out) {
    Set<String> namespaces = new LinkedHashSet<>();
    namespaces.add(b.view().targetNamespace());
    known.of(SignalKind.SOURCE).forEach(s -> namespaces.add(s.object().namespace()));
    for (String namespace : namespaces) {
      b.evidence()
          .namesAskedFor(namespace)
          .forEach(
              (inquiry, answer) -> {
                if (inquiry instanceof Inquiry.ChartVersions(var source, var chart)
                    && known.of(SignalKind.SOURCE).stream()
                        .anyMatch(s -> s.object().sameObject(source))) {
                  offer(b, source, chart, answer, out);
                } else if (inquiry instanceof Inquiry.ImageTags i
                    && i.namespace().equals(b.view().targetNamespace())
                    && known.of(SignalKind.CONTAINER).stream()
                        .anyMatch(s -> s.get("image").equals(i.image()))) {
                  imageOffer(b, i, answer, out);
                }
              });
    }
  }

  private static void offer(
      Belongings b, ObjectRef source, String chart, Observation<Answer> answer, List<Signal> out) {
    boolean names = chart.isEmpty();
    String wanted = names ? b.view().chartName() : b.view().chartVersion();
    switch (answer) {
      case Observation.Seen<Answer>(Answer.Names(var list)) ->
          out.add(Offers.signal(source, names ? "chart" : "version", wanted, list));
      case Observation.Unreadable<Answer>(var why) ->
          out.add(Offers.silent(source, names ? "chart" : "version", wanted, why));
      case Observation.Seen<Answer> _, Observation.Absent<Answer> _ -> {}
    }
  }

  private static void imageOffer(
      Belongings b, Inquiry.ImageTags i, Observation<Answer> answer, List<Signal> out) {
    ObjectRef release = b.view().resource().ref();
    String tag = Offers.tagOf(i.image());
    switch (answer) {
      case Observation.Seen<Answer>(Answer.Names(var list)) ->
          out.add(Offers.signal(release, "image-tag", tag, list));
      case Observation.Absent<Answer> _ ->
          out.add(Offers.silent(release, "image-tag", tag, "the registry has no such repository"));
      case Observation.Unreadable<Answer>(var why) ->
          out.add(Offers.silent(release, "image-tag", tag, why));
      case Observation.Seen<Answer> _ -> {}
    }
  }
}
