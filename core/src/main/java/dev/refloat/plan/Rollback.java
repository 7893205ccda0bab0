package dev.refloat.plan;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The runbook's option C: back to a revision that really worked.
///
/// Flux's own way is to change the spec; `helm rollback` fails on a release that Flux made, and a
/// forced one leaves fields that Flux cannot remove, so that it is followed by giving those up
/// (experiments 2, 3, 19). In this order: an edit in Git where a working tree is at hand, a patch
/// of the spec where nothing declares the release, and Helm's own rollback for the rest.
final class Rollback {

  private static final Pattern WORKED =
      Pattern.compile("(?:Install|Upgrade) complete|Rollback to \\d+|Rollback complete");

  private Rollback() {}

  /// The records of revisions that worked, newest first, the newest record itself left out unless
  /// another chart is tried already. A record that failed becomes `superseded` by the next attempt,
  /// so that its status alone proves
  /// nothing: its description does. What `status.history` knows of it must be the same.
  static List<HelmRecord> good(Situation s) {
    List<HelmRecord> good = new ArrayList<>();
    for (Resource secret : s.belongings().records()) {
      Optional<HelmRecord> r = s.evidence().record(secret.namespace(), secret.name());
      if (r.isPresent()
          && (r.get().version() != s.newestRevision() || leftBehind(s, r.get()))
          && (r.get().status().equals("deployed") || r.get().status().equals("superseded"))
          && WORKED.matcher(r.get().description()).find()
          && !contradicted(s, r.get())) {
        good.add(r.get());
      }
    }
    return good;
  }

  /// Whether the newest revision is an older chart than the one that is tried now: a template or a
  /// value that fails before Helm stores anything leaves the good revision the newest.
  private static boolean leftBehind(Situation s, HelmRecord newest) {
    if (s.view().rolledBack()) {
      return true; // what runs is good, and only the spec has to say so
    }
    String tried = version(s.resource().status("lastAttemptedRevision").text());
    return !tried.isEmpty() && !tried.equals(version(newest.chartVersion()));
  }

  /// Whether the controller's own memory of the revision says that its tests failed, or that
  /// somebody has changed its record. The controller's digest covers its internal form of the
  /// record, which cannot be rebuilt here, so that chart, version and status are compared.
  private static boolean contradicted(Situation s, HelmRecord r) {
    for (Json snapshot : s.resource().status("history").list()) {
      if (snapshot.get("version").integer(-1) != r.version()) {
        continue;
      }
      boolean[] failed = {false};
      if (snapshot.get("testHooks") instanceof Json.Obj hooks) {
        hooks.forEach((name, hook) -> failed[0] |= hook.get("phase").text().equals("Failed"));
      }
      String status = snapshot.get("status").text(r.status());
      return failed[0]
          || status.equals("failed")
          || !snapshot.get("chartName").text(r.chartName()).equals(r.chartName())
          || !version(snapshot.get("chartVersion").text(r.chartVersion()))
              .equals(version(r.chartVersion()));
    }
    return false;
  }

  /// Flux adds the digest of an OCI artifact as build metadata.
  private static String version(String version) {
    int plus = version.indexOf('+');
    return plus < 0 ? version : version.substring(0, plus);
  }

  static Draft draft(Situation s, Optional<Integer> wanted) {
    List<HelmRecord> good = good(s);
    boolean back = s.view().rolledBack() && wanted.isEmpty();
    boolean pinnable =
        !good.isEmpty()
            && (s.wishes().git() || !s.managed())
            && Pin.of(s, good.getFirst()) instanceof Pin.Fields;
    if (back && !pinnable) {
      return Draft.refused(
          "Flux has rolled it back already", "fix forward in Git, or name a revision with --to");
    }
    if (good.isEmpty()) {
      return Draft.refused(
          "no revision of " + s.view().storageName() + " is known to have worked", "fix forward");
    }
    Optional<HelmRecord> target =
        wanted.isPresent()
            ? good.stream().filter(r -> r.version() == wanted.get()).findFirst()
            : good.stream().findFirst();
    if (target.isEmpty()) {
      return Draft.refused(
          "revision " + wanted.orElse(0) + " is not one that worked",
          "those that did: "
              + String.join(", ", good.stream().map(r -> "" + r.version()).toList()));
    }
    return steps(s, target.get());
  }

  private static Draft steps(Situation s, HelmRecord to) {
    String why =
        "Revision "
            + to.version()
            + " ("
            + to.chartName()
            + " "
            + to.chartVersion()
            + ") was the last that worked"
            + tried(s).map(now -> ": " + Difference.words(now, to)).orElse("")
            + ".";
    Pin pin = Pin.of(s, to);
    if (pin instanceof Pin.Fields fields) {
      if (s.wishes().git()) {
        return GitEdits.draft(s, s.release(), fields.edits(), why);
      }
      if (!s.managed()) {
        return new Draft.Steps(patch(s, to, fields, why));
      }
    }
    List<String> added = added(s, to);
    return added.isEmpty()
        ? new Draft.Steps(helm(s, to, pin, why))
        : new Draft.Steps(inGit(s, to, pin, why, added));
  }

  /// What the version that was tried last has added to objects that the good one has, too. Helm's
  /// own rollback, as another field manager, does not remove it (seen with Helm 4: the rollback of
  /// an annotation of a pod template waits for its pods in vain).
  private static List<String> added(Situation s, HelmRecord to) {
    Map<String, Resource> good = new LinkedHashMap<>();
    to.manifest().forEach(o -> good.put(o.kind() + " " + o.name(), o));
    List<String> added = new ArrayList<>();
    for (Resource tried : tried(s).map(HelmRecord::manifest).orElse(List.of())) {
      Resource before = good.get(tried.kind() + " " + tried.name());
      if (before != null) {
        for (Difference.Change c : Difference.between(before.root(), tried.root())) {
          if (!c.before().exists()) {
            added.add(tried.kind() + " " + tried.name() + " " + c.dotted());
          }
        }
      }
    }
    return added;
  }

  /// Only Flux can return: a person pins the good version in Git, and Flux upgrades to it at once.
  private static List<Step> inGit(
      Situation s, HelmRecord to, Pin pin, String why, List<String> added) {
    List<Step> steps = new ArrayList<>();
    String because =
        why
            + " Helm's own rollback would leave what the bad version added: "
            + String.join(", ", added.stream().limit(3).toList())
            + (added.size() > 3 ? " and more" : "")
            + ". Flux removes it, once Git says the good version.";
    steps.add(pinByHand(s, to, pin, because));
    steps.addAll(FluxSteps.request(s, false, false));
    steps.add(runs(s, to));
    return steps;
  }

  /// What was tried last: not the rollback that followed it.
  static Optional<HelmRecord> tried(Situation s) {
    return s.belongings().records().stream()
        .flatMap(r -> s.evidence().record(r.namespace(), r.name()).stream())
        .filter(r -> !r.description().startsWith("Rollback"))
        .findFirst();
  }

  /// Flux's own way without Git: the spec of the good revision, by a patch that can be taken back.
  private static List<Step> patch(Situation s, HelmRecord to, Pin.Fields pin, String why) {
    List<Step> steps = new ArrayList<>();
    steps.add(Moves.backup(s, List.of(s.release()), "backup-release"));
    List<String> told =
        pin.edits().stream().map(e -> e.removes() ? e.field() + " (removed)" : e.field()).toList();
    Json back = pin.back();
    steps.add(
        new Step(
            "return-to-" + to.version(),
            "Set "
                + s.release().display()
                + " back to what revision "
                + to.version()
                + " had: "
                + String.join(", ", told),
            why
                + " Nothing in Git declares the release, so Flux keeps what its spec says."
                + onData(s),
            risk(s),
            new Effect.Patch(s.release(), s.resource().uid(), pin.patch(), back),
            List.of(
                new Guard.Marked(s.release()),
                new Guard.Present(s.release()),
                new Guard.Idle(s.release()),
                new Guard.BackedUp(s.release())),
            new Expectation.Written(),
            FluxSteps.SHORT,
            new Undo.Reverse(
                new Effect.Patch(s.release(), s.resource().uid(), back, pin.patch()), false),
            List.of(
                "kubectl patch helmrelease "
                    + s.named()
                    + " --type=merge --field-manager="
                    + Marks.MANAGER
                    + " -p '"
                    + text(pin.patch())
                    + "'")));
    if (s.view().suspended()) {
      steps.add(FluxSteps.resume(s));
    } else {
      steps.add(FluxSteps.watch(s, "A new generation is tried at once, with its counters cleared"));
    }
    steps.add(runs(s, to));
    return steps;
  }

  /// Whether the release keeps data, which the newer version may have written in a way that the
  /// older one does not read, or damages.
  private static boolean stateful(Situation s) {
    return !s.claims().isEmpty()
        || s.belongings().named().stream().anyMatch(o -> o.kind().equals("StatefulSet"));
  }

  /// A return to older software on newer data can lose that data: it needs an approval that names
  /// the release, which `--yes` is not.
  private static Risk risk(Situation s) {
    return stateful(s) ? Risk.DESTRUCTIVE : Risk.DISRUPTIVE;
  }

  private static String onData(Situation s) {
    return stateful(s)
        ? " The release keeps data: an older version may not read, or may damage, what the newer one"
            + " has written. See that there is a backup, and that the maker allows the way back."
        : "";
  }

  private static Step runs(Situation s, HelmRecord to) {
    return new Step(
        "verify-chart",
        "See that the newest revision is of chart " + to.chartName() + " " + to.chartVersion(),
        "Ready alone does not say of which chart",
        Risk.SAFE,
        new Effect.Watch(s.release()),
        List.of(),
        new Expectation.Runs(s.release(), to.chartVersion()),
        FluxSteps.SHORT,
        new Undo.Nothing("nothing is done"),
        List.of(
            "kubectl get helmrelease "
                + s.named()
                + " -o jsonpath='{.status.history[0].chartVersion}'"));
  }

  /// Helm's own rollback, while Flux is suspended, with the ownership of every object cleaned up
  /// after Flux has taken the objects back.
  private static List<Step> helm(Situation s, HelmRecord to, Pin pin, String why) {
    List<Step> steps = new ArrayList<>();
    List<ObjectRef> objects = everything(s, to);
    steps.add(Moves.backup(s, objects, "backup-release"));
    if (!s.view().suspended()) {
      steps.add(FluxSteps.suspend(s, "Flux would upgrade again at once (experiments 2)"));
    }
    String storage = s.view().storageNamespace();
    String name = s.view().storageName();
    int newest = s.newestRevision();
    steps.add(
        new Step(
            "helm-rollback",
            "Roll Helm release "
                + name
                + " back to revision "
                + to.version()
                + " ("
                + to.chartName()
                + " "
                + to.chartVersion()
                + ")",
            why + " " + pin.because() + onData(s),
            risk(s),
            new Effect.HelmRollback(
                s.release(), storage, name, to.version(), newest, s.helmLimit()),
            List.of(
                new Guard.Marked(s.release()),
                new Guard.IsSuspended(s.release()),
                new Guard.Idle(s.release()),
                new Guard.SameRevision(s.release(), storage, name, newest)),
            new Expectation.RolledBack(s.release(), storage, name, to.version(), newest),
            s.attempt(),
            new Undo.Reverse(
                new Effect.HelmRollback(
                    s.release(), storage, name, newest, newest + 1, s.helmLimit()),
                false),
            List.of(
                "helm rollback "
                    + name
                    + " "
                    + to.version()
                    + " -n "
                    + storage
                    + " --force-conflicts --wait")));
    steps.add(
        pinByHand(s, to, pin, "Resuming without a change in Git applies the bad version again"));
    steps.add(pin.guarded(s, FluxSteps.resume(s)));
    steps.add(runs(s, to));
    steps.add(Disowning.step(s, objects, "helm"));
    steps.add(FluxSteps.watch(s, "Flux keeps it, and every field is its own again"));
    return steps;
  }

  private static Step pinByHand(Situation s, HelmRecord to, Pin pin, String why) {
    String hand =
        "In Git, pin "
            + s.release().display()
            + " to what revision "
            + to.version()
            + " had: "
            + pin.words();
    return new Step(
        "pin",
        hand,
        why,
        Risk.SAFE,
        new Effect.ByHand(s.release(), hand),
        List.of(),
        new Expectation.Written(),
        FluxSteps.SHORT,
        new Undo.Nothing("done by a person"),
        List.of(
            "helm get values "
                + s.view().storageName()
                + " -n "
                + s.view().storageNamespace()
                + " --revision "
                + to.version()));
  }

  /// Every object that the newest and the good revision name, seen or not: lists do not cover every
  /// kind, and the rollback touches them all.
  private static List<ObjectRef> everything(Situation s, HelmRecord to) {
    Map<String, ObjectRef> all = new LinkedHashMap<>();
    for (ObjectRef o : s.belongings().named()) {
      boolean chart =
          o.kind().equals("HelmChart")
              && o.name().equals(s.view().ref().namespace() + "-" + s.view().ref().name());
      if (!s.belongings().hooks().contains(o) && !chart) {
        all.put(o.group() + "/" + o.kind() + "/" + o.path(), o);
      }
    }
    for (Resource r : to.manifest()) {
      ObjectRef o = s.belongings().placed(r.ref());
      all.putIfAbsent(o.group() + "/" + o.kind() + "/" + o.path(), o);
    }
    return List.copyOf(all.values());
  }

  /// Only for commands that are shown: what is in it is not secret.
  private static String text(Json json) {
    return switch (json) {
      case Json.Obj o -> {
        List<String> fields = new ArrayList<>();
        o.forEach((k, v) -> fields.add(quoted(k) + ":" + text(v)));
        yield "{" + String.join(",", fields) + "}";
      }
      case Json.Arr(var items) ->
          "[" + String.join(",", items.stream().map(Rollback::text).toList()) + "]";
      case Json.Str(var value) -> quoted(value);
      case Json.Num(var digits) -> digits;
      case Json.Bool b -> b.isTrue() ? "true" : "false";
      case Json.Null _, Json.Missing _ -> "null";
    };
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\'' -> out.append("\\u0027"); // it stands in a shell's single quotes
        default -> {
          if (c < ' ') {
            out.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
