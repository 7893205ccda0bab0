package dev.refloat.adapter.settings;

import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Learnt.Outcome;
import dev.refloat.model.Json;
import dev.refloat.model.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What `refloat learn` found out, kind `Learnt`: small, sorted, and without secrets, to be
/// committed beside what it is about.
public final class LearntFile {
  public static final String NAME = ".refloat/learnt.yaml";

  private static final String READY = "ready";
  private static final String FAILED = "failed";

  private LearntFile() {}

  /// Reads the file.
  ///
  /// @param file its name in messages
  /// @throws UnusableFile with all its problems
  public static Learnt read(String file, byte[] text) {
    return Fields.read(file, text, "Learnt", List.of("environments"), LearntFile::learnt);
  }

  private static Learnt learnt(Fields root) {
    List<Learnt.Environment> environments = new ArrayList<>();
    for (YamlNode item : root.items("environments")) {
      Fields f = root.below(item, "an environment", List.of("name", "takenAt", "releases"));
      List<Learnt.Release> releases = new ArrayList<>();
      for (YamlNode r : f.items("releases")) {
        releases.add(release(f.below(r, "a release", RELEASE)));
      }
      environments.add(new Learnt.Environment(f.text("name"), f.time("takenAt"), releases));
    }
    return new Learnt(environments);
  }

  /// `longest`, `samples` and `timeout` are for people; they follow from the actions.
  private static final List<String> RELEASE =
      List.of("namespace", "name", "longest", "samples", "timeout", "actions");

  private static Learnt.Release release(Fields f) {
    List<Learnt.Action> actions = new ArrayList<>();
    for (YamlNode a : f.items("actions")) {
      Fields action = f.below(a, "an action", List.of("at", "chart", "outcome", "took"));
      String outcome = action.text("outcome");
      if (!outcome.equals(READY) && !outcome.equals(FAILED)) {
        action.problem(a, "'outcome' must be ready or failed");
      }
      actions.add(
          new Learnt.Action(
              action.time("at"),
              action.text("chart"),
              outcome.equals(READY) ? Outcome.READY : Outcome.FAILED,
              action.duration("took")));
    }
    return new Learnt.Release(f.text("namespace"), f.text("name"), actions);
  }

  public static Json.Obj tree(Learnt learnt) {
    return Json.builder()
        .put("apiVersion", "refloat.dev/v1")
        .put("kind", "Learnt")
        .put(
            "environments",
            learnt.environments().stream()
                .<Json>map(
                    e ->
                        Json.builder()
                            .put("name", e.name())
                            .put("takenAt", e.takenAt().toString())
                            .put("releases", e.releases().stream().map(LearntFile::tree).iterator())
                            .build())
                .iterator())
        .build();
  }

  private static Json tree(Learnt.Release r) {
    Json.Builder b = Json.builder().put("namespace", r.namespace()).put("name", r.name());
    r.longest().ifPresent(d -> b.put("longest", Times.display(d)));
    b.put("samples", r.samples());
    r.limit().ifPresent(d -> b.put("timeout", Times.display(d)));
    return b.put("actions", r.actions().stream().map(LearntFile::tree).iterator()).build();
  }

  private static Json tree(Learnt.Action a) {
    Json.Builder b =
        Json.builder()
            .put("at", a.start().toString())
            .put("chart", a.chartVersion())
            .put("outcome", a.outcome() == Outcome.READY ? READY : FAILED);
    a.took().ifPresent(d -> b.put("took", exact(d)));
    return b.build();
  }

  /// Whole seconds, which is what Kubernetes' times have.
  private static String exact(Duration d) {
    return Math.max(1, d.toSeconds()) + "s";
  }
}
