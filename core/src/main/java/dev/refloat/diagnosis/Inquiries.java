package dev.refloat.diagnosis;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.Scope;
import dev.refloat.release.SourceChain;
import dev.refloat.release.Stage;
import dev.refloat.release.WaitedFor;
import dev.refloat.release.Workloads;
import dev.refloat.signal.Details;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Which questions are worth a request: a fixed number of lists, then at most
/// [#DETAILS_PER_RELEASE] for
/// each release that is in trouble. Pure, so that a recorder and a test see the same questions.
final class Inquiries {

  /// Requests to the API server for one failing release, whatever its size.
  static final int DETAILS_PER_RELEASE = 5;

  private static final List<Kind> FLUX =
      List.of(
          Kind.HELM_RELEASE,
          Kind.HELM_CHART,
          Kind.HELM_REPOSITORY,
          Kind.OCI_REPOSITORY,
          Kind.GIT_REPOSITORY,
          Kind.BUCKET,
          Kind.KUSTOMIZATION);

  private static final List<Kind> NAMESPACED =
      List.of(
          Kind.DEPLOYMENT,
          Kind.STATEFUL_SET,
          Kind.DAEMON_SET,
          Kind.JOB,
          Kind.POD,
          Kind.PERSISTENT_VOLUME_CLAIM,
          Kind.SERVICE,
          Kind.EVENT);

  private static final Pattern WEBHOOK_TEXT = Pattern.compile("failed (?:calling|to call) webhook");
  private static final Pattern DEFINITION_TEXT = Pattern.compile("no matches for kind");
  private static final Pattern QUOTA_TEXT = Pattern.compile("exceeded quota|failed quota");
  private static final Pattern RECORD_TEXT =
      Pattern.compile(
          "has no deployed releases|cannot reuse a name|another operation|release.* state|unlocked"
              + "|context canceled|removed kubernetes api");

  private final Pass pass;
  private final Evidence evidence;
  private final Scope scope;
  private final Set<Inquiry> open = new LinkedHashSet<>();

  private Inquiries(Pass pass, Scope scope) {
    this.pass = pass;
    this.evidence = pass.evidence();
    this.scope = scope;
  }

  static Set<Inquiry> open(Pass pass, Scope scope) {
    Inquiries i = new Inquiries(pass, scope);
    i.lists();
    if (i.open.isEmpty()) {
      i.neighbours();
    }
    if (i.open.isEmpty()) {
      i.details();
    }
    return i.open;
  }

  private void ask(Inquiry inquiry) {
    if (!evidence.asked(inquiry)) {
      open.add(inquiry);
    }
  }

  private void lists() {
    Optional<String> namespace = scope.namespace();
    for (Kind kind : FLUX) {
      list(kind, namespace.map(Set::of).orElse(Set.of("")));
    }
    if (namespace.isEmpty()) {
      NAMESPACED.forEach(kind -> list(kind, Set.of("")));
    } else {
      Set<String> namespaces = new LinkedHashSet<>(Set.of(namespace.get()));
      interesting().forEach(v -> namespaces.addAll(namespacesOf(v)));
      NAMESPACED.forEach(kind -> list(kind, namespaces));
    }
    ask(new Inquiry.ListOf(Kind.NAMESPACE, ""));
  }

  /// Where the whole cluster may not be listed, the namespaces of the releases are.
  private void list(Kind kind, Set<String> namespaces) {
    for (String ns : namespaces) {
      Inquiry.ListOf inquiry = new Inquiry.ListOf(kind, ns);
      ask(inquiry);
      if (ns.isEmpty()
          && kind != Kind.HELM_RELEASE
          && evidence.answer(inquiry).orElse(null) instanceof Observation.Unreadable<?>) {
        interesting().stream()
            .flatMap(v -> namespacesOf(v).stream())
            .distinct()
            .limit(20)
            .forEach(n -> ask(new Inquiry.ListOf(kind, n)));
      }
    }
  }

  private static Set<String> namespacesOf(ReleaseView v) {
    Set<String> all = new LinkedHashSet<>();
    all.add(v.ref().namespace());
    if (!v.remote()) {
      all.add(v.targetNamespace());
    }
    return all;
  }

  /// The releases in scope, and those behind them that they wait for.
  private List<ReleaseView> interesting() {
    List<ReleaseView> found = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    List<Resource> inScope =
        evidence.all(Kind.HELM_RELEASE).stream().filter(scope::contains).toList();
    Pass.each(inScope, pass::view);
    Deque<Resource> todo = new ArrayDeque<>(inScope);
    while (!todo.isEmpty()) {
      Resource r = todo.removeFirst();
      if (!seen.add(r.ref().path())) {
        continue;
      }
      ReleaseView v = pass.view(r);
      found.add(v);
      if (v.stage() == Stage.PREREQUISITE) {
        for (Json d : r.spec("dependsOn").list()) {
          evidence
              .find(Kind.HELM_RELEASE, d.get("namespace").text(r.namespace()), d.get("name").text())
              .ifPresent(todo::add);
        }
      }
    }
    return found;
  }

  /// Objects in other namespaces that a release points to: sources, dependencies, its
  /// Kustomization.
  private void neighbours() {
    if (scope.namespace().isEmpty()) {
      return;
    }
    for (ReleaseView v : interesting()) {
      Resource r = v.resource();
      SourceChain.of(v, evidence).forEach(link -> object(link.ref()));
      for (Json d : r.spec("dependsOn").list()) {
        object(
            new ObjectRef(
                "helm.toolkit.fluxcd.io/v2",
                "HelmRelease",
                d.get("namespace").text(r.namespace()),
                d.get("name").text()));
      }
      r.label("kustomize.toolkit.fluxcd.io/name")
          .ifPresent(
              name ->
                  kustomization(
                      name,
                      r.label("kustomize.toolkit.fluxcd.io/namespace").orElse(r.namespace())));
    }
  }

  private void kustomization(String name, String namespace) {
    ObjectRef ref =
        new ObjectRef("kustomize.toolkit.fluxcd.io/v1", "Kustomization", namespace, name);
    object(ref);
    evidence
        .find(ref)
        .ifPresent(
            k -> {
              Json source = k.spec("sourceRef");
              object(
                  new ObjectRef(
                      "source.toolkit.fluxcd.io/v1",
                      source.get("kind").text("GitRepository"),
                      source.get("namespace").text(namespace),
                      source.get("name").text()));
            });
  }

  private void object(ObjectRef ref) {
    if (!ref.name().isEmpty() && evidence.presence(ref) == Evidence.Presence.UNKNOWN) {
      ask(new Inquiry.ObjectNamed(ref));
    }
  }

  private void details() {
    Pass.each(interesting(), this::wanted).forEach(wanted -> wanted.forEach(this::ask));
  }

  /// What to know more about one release.
  private Set<Inquiry> wanted(ReleaseView v) {
    Stage stage = v.stage();
    if (stage == Stage.IN_FLIGHT) {
      // whether anybody is at work
      return controllers();
    }
    Belongings b = pass.belongings(v.resource());
    if (stage == Stage.READY && !Details.troubled(b)) {
      return Set.of();
    }
    return detailsOf(b);
  }

  private Set<Inquiry> detailsOf(Belongings b) {
    ReleaseView v = b.view();
    String texts = Details.texts(b);
    List<Inquiry> wanted = new ArrayList<>();
    if (wantsRecords(v, texts)) {
      wanted.add(new Inquiry.HelmRecordNames(v.storageNamespace(), v.storageName()));
      if (wantsContent(v, b)) {
        b.records().stream()
            .findFirst()
            .ifPresent(s -> wanted.add(new Inquiry.HelmRecordNamed(s.namespace(), s.name())));
      }
    }
    wanted.addAll(customResources(b));
    wanted.addAll(Details.objects(b));
    wanted.addAll(Details.logs(b));
    // until the names of the records are known, one request is kept for the content of the newest
    boolean contentLater = wantsRecords(v, texts) && b.records().isEmpty();
    Set<Inquiry> out = new LinkedHashSet<>();
    wanted.stream().limit(DETAILS_PER_RELEASE - (contentLater ? 1 : 0)).forEach(out::add);
    onceForAll(b, texts, out);
    out.addAll(Details.registries(b));
    return out;
  }

  private static boolean wantsRecords(ReleaseView v, String texts) {
    return switch (v.stage()) {
      case SUSPENDED, STATE, REMEDIATION, WAIT, HOOK, TEST, NOT_RECONCILED, DELETION -> true;
      case ACTION -> RECORD_TEXT.matcher(texts).find();
      case READY, PREREQUISITE, IN_FLIGHT -> false;
    };
  }

  /// The record repeats the condition's words. Its content is worth a request where there is no
  /// inventory
  /// to name the objects (before helm-controller 1.5), and where the state of the record is the
  /// question.
  private static boolean wantsContent(ReleaseView v, Belongings b) {
    boolean inventory = !v.resource().status("inventory", "entries").list().isEmpty();
    String status = b.records().stream().findFirst().flatMap(r -> r.label("status")).orElse("");
    return switch (v.stage()) {
      case WAIT, HOOK -> !inventory;
      case TEST, STATE, REMEDIATION, ACTION -> true;
      case SUSPENDED -> !status.equals("deployed");
      case NOT_RECONCILED -> status.equals("failed");
      case READY, PREREQUISITE, IN_FLIGHT, DELETION -> false;
    };
  }

  /// Custom resources that the wait names, else those of the release when nothing else is
  /// unhealthy.
  private List<Inquiry> customResources(Belongings b) {
    if (b.view().stage() != Stage.WAIT) {
      return List.of();
    }
    List<WaitedFor> waited =
        b.view().allFailures().stream().flatMap(f -> WaitedFor.in(f.message()).stream()).toList();
    Collection<ObjectRef> custom =
        b.named().stream()
            .filter(Belongings::isCustom)
            .filter(
                ref ->
                    waited.isEmpty()
                        ? Details.allHealthy(b)
                        : waited.stream()
                            .anyMatch(
                                w -> w.kind().equals(ref.kind()) && w.name().equals(ref.name())))
            .limit(2)
            .toList();
    return custom.stream().map(ref -> (Inquiry) new Inquiry.ObjectNamed(ref)).toList();
  }

  /// Lists that only some failures need, asked once for the whole cluster.
  private void onceForAll(Belongings b, String texts, Set<Inquiry> out) {
    if (b.claims().stream().anyMatch(c -> !c.status("phase").text().equals("Bound"))) {
      out.add(new Inquiry.ListOf(Kind.STORAGE_CLASS, ""));
      out.add(new Inquiry.ListOf(Kind.PERSISTENT_VOLUME, ""));
    }
    if (WEBHOOK_TEXT.matcher(texts).find()) {
      out.add(new Inquiry.ListOf(Kind.VALIDATING_WEBHOOK, ""));
      out.add(new Inquiry.ListOf(Kind.MUTATING_WEBHOOK, ""));
    }
    if (DEFINITION_TEXT.matcher(texts).find()) {
      out.add(new Inquiry.ListOf(Kind.CUSTOM_RESOURCE_DEFINITION, ""));
    }
    if (QUOTA_TEXT.matcher(texts).find()) {
      out.add(new Inquiry.ListOf(Kind.RESOURCE_QUOTA, b.view().targetNamespace()));
    }
    if (b.view().stage() == Stage.DELETION) {
      out.addAll(controllers());
    }
    if (b.view().stage() == Stage.NOT_RECONCILED) {
      out.addAll(controllers());
      out.addAll(Details.controllerLogs(evidence));
    }
  }

  /// The controllers' Deployments, and the pods of those that are not ready, where the lists do not
  /// have them.
  private Set<Inquiry> controllers() {
    Set<Inquiry> out = new LinkedHashSet<>();
    for (String name : List.of("helm-controller", "source-controller")) {
      ObjectRef controller = new ObjectRef("apps/v1", "Deployment", "flux-system", name);
      if (evidence.presence(controller) == Evidence.Presence.UNKNOWN) {
        out.add(new Inquiry.ObjectNamed(controller));
      }
      if (!evidence.knows(Kind.POD, controller.namespace())
          && evidence.find(controller).map(d -> Workloads.ready(d) == 0).orElse(false)) {
        out.add(new Inquiry.ListOf(Kind.POD, controller.namespace()));
      }
    }
    return out;
  }
}
