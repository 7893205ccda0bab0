package dev.refloat.plan;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Failure;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.Workloads;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What shows that a step worked. A request counts only when Flux confirms it, and success is a
/// second look, never the absence of an error (design, Safety 6 and 7).
public sealed interface Expectation {

  /// What has to be looked at, again and again, until it holds.
  Set<Inquiry> needs();

  Judgement judge(Evidence now, Facts facts);

  /// Nothing has to be awaited: the answer to the write says it all.
  record Written() implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of();
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      return Judgement.HOLDS;
    }
  }

  /// The release was reconciled after this step and is Ready.
  ///
  /// @param token whether the step sent a token whose handling counts
  record Recovered(ObjectRef release, boolean token, boolean reset, boolean force)
      implements Expectation {

    /// What the controller waits for by itself and without using up a retry, and what it says
    /// between unlocking a record and the upgrade that follows at once.
    private static final Set<String> WAITS =
        Set.of("DependencyNotReady", "SourceNotReady", "PendingRelease");

    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(release));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> found = now.find(release);
      if (found.isEmpty()) {
        return Judgement.notYet(release.display() + " is not there");
      }
      ReleaseView v = ReleaseView.of(found.get(), now);
      if (v.suspended()) {
        return Judgement.fails(release.display() + " is suspended: it will not be reconciled");
      }
      if (v.inFlight()) {
        return Judgement.notYet(
            v.condition("Reconciling").map(Condition::message).orElse("an action is running"));
      }
      if (v.unseenGeneration()) {
        return Judgement.notYet("helm-controller has not looked at the new generation");
      }
      // Reconciling tells of the new generation at once, Ready only when the attempt is over: until
      // then it speaks of the former one
      long told = v.condition("Ready").map(Condition::observedGeneration).orElse(0L);
      if (told > 0 && told < found.get().generation()) {
        return Judgement.notYet("helm-controller is at work on the new generation");
      }
      if (token) {
        Json status = found.get().status();
        boolean replaced =
            !found.get().annotation(Marks.REQUESTED_AT).map(facts.token()::equals).orElse(false);
        boolean handled = status.get("lastHandledReconcileAt").text().equals(facts.token());
        if (!handled && !replaced) {
          return Judgement.notYet("helm-controller has not handled the request");
        }
        if (handled && !v.ready()) {
          // flux-facts §3.1: a token is consumed even when it was not acted on
          boolean swallowed =
              (reset && !status.get("lastHandledResetAt").text().equals(facts.token()))
                  || (force && !status.get("lastHandledForceAt").text().equals(facts.token()));
          if (swallowed) {
            return Judgement.fails(
                "the request was swallowed: "
                    + v.failure().map(Failure::message).orElse("the controller did not act"));
          }
        }
      }
      if (v.ready()) {
        return Judgement.HOLDS;
      }
      Condition ready =
          v.condition("Ready")
              .orElse(new Condition("Ready", "Unknown", "", "", Optional.empty(), 0));
      if (WAITS.contains(ready.reason())) {
        return Judgement.notYet(ready.message());
      }
      return Judgement.fails(v.failure().map(Failure::message).orElse(ready.message()));
    }
  }

  /// `spec.suspend` is as wanted. Suspending does not stop an action that runs: this waits for its
  /// end
  /// (experiments 11).
  record Suspended(ObjectRef release, boolean wanted) implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(release));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> found = now.find(release);
      if (found.isEmpty()) {
        return Judgement.fails(release.display() + " does not exist any more");
      }
      ReleaseView v = ReleaseView.of(found.get(), now);
      if (v.suspended() != wanted) {
        return Judgement.fails(
            wanted ? "something resumed it at once" : "something suspended it again at once");
      }
      return wanted && v.inFlight()
          ? Judgement.notYet("a Helm action is running; it goes on to its end")
          : Judgement.HOLDS;
    }
  }

  /// helm-controller has looked at the newest generation and found no drift left.
  record Corrected(ObjectRef release) implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(release));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> found = now.find(release);
      if (found.isEmpty()) {
        return Judgement.fails(release.display() + " does not exist any more");
      }
      ReleaseView v = ReleaseView.of(found.get(), now);
      if (v.unseenGeneration() || v.inFlight()) {
        return Judgement.notYet("helm-controller has not looked at the new generation");
      }
      Optional<Condition> drifted = v.condition("Drifted");
      return drifted.map(Condition::isTrue).orElse(false)
          ? Judgement.notYet(drifted.map(Condition::message).orElse(""))
          : Judgement.HOLDS;
    }
  }

  /// A Flux object other than a HelmRelease has handled the request and is Ready.
  record SourceReady(ObjectRef object) implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(object));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> found = now.find(object);
      if (found.isEmpty()) {
        return Judgement.fails(object.display() + " does not exist");
      }
      Resource r = found.get();
      if (r.spec("type").text().equals("oci")) {
        return Judgement.HOLDS; // a static object without a status (flux-facts §2.5)
      }
      if (r.spec("suspend").isTrue()) {
        return Judgement.fails(object.display() + " is suspended");
      }
      if (!r.status("lastHandledReconcileAt").text().equals(facts.token())) {
        return Judgement.notYet("its controller has not handled the request");
      }
      Optional<Condition> ready = r.condition("Ready");
      if (ready.map(Condition::isTrue).orElse(false)) {
        return Judgement.HOLDS;
      }
      return ready.map(c -> c.status().equals("Unknown")).orElse(true)
          ? Judgement.notYet(ready.map(Condition::message).orElse("no condition yet"))
          : Judgement.fails(ready.map(Condition::message).orElse(""));
    }
  }

  /// The object of this uid is gone.
  record Gone(ObjectRef object, String uid) implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(object));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> found = now.find(object);
      if (found.isEmpty() || !found.get().uid().equals(uid)) {
        return Judgement.HOLDS;
      }
      List<String> finalizers = found.get().finalizers();
      return Judgement.notYet(
          object.display()
              + " is still there"
              + (finalizers.isEmpty() ? "" : ", held by finalizers " + finalizers));
    }
  }

  /// The object is there.
  record Exists(ObjectRef object) implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(object));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      return now.find(object).isPresent()
          ? Judgement.HOLDS
          : Judgement.notYet(object.display() + " is not there yet");
    }
  }

  /// A field has a value.
  ///
  /// @param path names from the top, `.` between them
  record FieldIs(ObjectRef object, String path, String value) implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(object));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> found = now.find(object);
      if (found.isEmpty()) {
        return Judgement.fails(object.display() + " does not exist");
      }
      String is = found.get().at(path.split("\\.", -1)).text();
      return is.equals(value)
          ? Judgement.HOLDS
          : Judgement.notYet(path + " is '" + is + "', not '" + value + "'");
    }
  }

  /// A VolumeSnapshot is ready to use: only then it is a backup.
  record SnapshotReady(ObjectRef snapshot) implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(snapshot));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> found = now.find(snapshot);
      String error = found.map(s -> s.status("error", "message").text()).orElse("");
      if (found.map(s -> s.status("readyToUse").isTrue()).orElse(false)) {
        return Judgement.HOLDS;
      }
      return Judgement.notYet(error.isEmpty() ? "the snapshot is being taken" : error);
    }
  }

  /// A claim of this name, other than the one that was deleted, is bound.
  record ClaimBound(ObjectRef claim, String notUid) implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(claim));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> found = now.find(claim).filter(c -> !c.uid().equals(notUid));
      if (found.isEmpty()) {
        return Judgement.notYet("the new claim is not there yet");
      }
      String phase = found.get().status("phase").text("Pending");
      return phase.equals("Bound")
          ? Judgement.HOLDS
          : Judgement.notYet(claim.display() + " is " + phase);
    }
  }

  /// A workload runs as it should.
  record WorkloadReady(ObjectRef workload) implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(workload));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> found = now.find(workload);
      if (found.isEmpty()) {
        return Judgement.notYet(workload.display() + " is not there yet");
      }
      return !Workloads.healthy(found.get())
          ? Judgement.notYet(workload.display() + " is not ready")
          : Judgement.HOLDS;
    }
  }

  /// No field of the objects is owned by the manager any more.
  record Disowned(List<ObjectRef> objects, String manager) implements Expectation {
    public Disowned {
      objects = List.copyOf(objects);
    }

    @Override
    public Set<Inquiry> needs() {
      Set<Inquiry> needs = new HashSet<>();
      objects.forEach(o -> needs.add(new Inquiry.ObjectNamed(o)));
      return needs;
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      for (ObjectRef object : objects) {
        boolean owns =
            now.find(object)
                .map(
                    r ->
                        r.meta("managedFields").list().stream()
                            .filter(m -> m.get("subresource").text().isEmpty())
                            .anyMatch(
                                m ->
                                    m.get("manager").text().equals(manager)
                                        && m.get("operation").text().equals("Apply")))
                .orElse(false);
        if (owns) {
          return Judgement.notYet(
              "manager " + manager + " still owns fields of " + object.display());
        }
      }
      return Judgement.HOLDS;
    }
  }

  /// None of the fields is owned by the manager alone any more.
  record FieldsGone(ObjectRef object, String manager, List<List<String>> fields)
      implements Expectation {
    public FieldsGone {
      fields = fields.stream().map(List::copyOf).toList();
    }

    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(object));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      boolean owns =
          now.find(object).map(r -> FieldOwnership.owns(r, manager, fields)).orElse(false);
      return owns
          ? Judgement.notYet("fields of manager " + manager + " stay in " + object.display())
          : Judgement.HOLDS;
    }
  }

  /// The newest revision that the controller made is of this chart version.
  record Runs(ObjectRef release, String chartVersion) implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(release));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> found = now.find(release);
      if (found.isEmpty()) {
        return Judgement.fails(release.display() + " does not exist any more");
      }
      String is =
          found.get().status("history").list().stream()
              .findFirst()
              .map(h -> h.get("chartVersion").text())
              .orElse("");
      return is.equals(chartVersion) || is.startsWith(chartVersion + "+")
          ? Judgement.HOLDS
          : Judgement.fails(
              "the newest revision is of chart version '" + is + "', not " + chartVersion);
    }
  }

  /// The newest Helm revision is the rollback, and it worked.
  ///
  /// @param newest the newest revision before it
  record RolledBack(
      ObjectRef release, String storageNamespace, String releaseName, int revision, int newest)
      implements Expectation {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.HelmRecordNames(storageNamespace, releaseName));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> made =
          now.recordNames(storageNamespace, releaseName).stream()
              .filter(r -> Json.from(r.label("version").orElse("0")).integer(0) > newest)
              .findFirst();
      if (made.isEmpty()) {
        return Judgement.notYet("Helm has not written a revision after " + newest);
      }
      String status = made.get().label("status").orElse("");
      return switch (status) {
        case "deployed" -> Judgement.HOLDS;
        case "failed" ->
            Judgement.fails(
                "Helm's rollback to revision "
                    + revision
                    + " failed: revision "
                    + made.get().label("version").orElse("")
                    + " of "
                    + releaseName);
        default -> Judgement.notYet("Helm's newest revision is " + status);
      };
    }
  }

  /// Objects are still those that they were, and were not made anew.
  record Kept(List<Identity> objects) implements Expectation {
    public Kept {
      objects = List.copyOf(objects);
    }

    @Override
    public Set<Inquiry> needs() {
      Set<Inquiry> needs = new HashSet<>();
      objects.forEach(o -> needs.add(new Inquiry.ObjectNamed(o.object())));
      return needs;
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      for (Identity o : objects) {
        String uid = now.find(o.object()).map(Resource::uid).orElse("");
        if (!uid.equals(o.uid())) {
          return Judgement.fails(
              o.object().display()
                  + (uid.isEmpty() ? " is gone" : " is not the one that it was: it was made anew"));
        }
      }
      return Judgement.HOLDS;
    }
  }

  /// An object, and no other that may have its name by then.
  record Identity(ObjectRef object, String uid) {}
}
