package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.model.Json;
import dev.refloat.plan.Considered;
import dev.refloat.plan.Planner;
import dev.refloat.plan.Wishes;
import dev.refloat.release.ReleaseRef;
import dev.refloat.render.PlanText;
import dev.refloat.render.PlanTree;
import java.util.List;
import java.util.Optional;

/// `refloat plan`: how a release would be recovered. Nothing is changed.
final class PlanCommand implements Command {

  enum Format {
    TEXT,
    JSON,
    YAML,
    MARKDOWN
  }

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "plan",
        "NAME [options]",
        "Shows how a release would be recovered: each step with its purpose, risk and undo and the"
            + " command that does the same. Nothing is changed.",
        Optional.of(Completing.of(Completing.What.RELEASES)),
        List.of(
            new Section(
                "What",
                List.of(
                    Options.NAMESPACE,
                    Recovering.OPTION,
                    Recovering.REMEDY,
                    Recovering.REVISION,
                    Recovering.CLAIM,
                    Recovering.SNAPSHOT,
                    Recovering.REPO,
                    Diagnosing.ENVIRONMENT)),
            Options.cluster(),
            new Section("Output", List.of(Options.output(Format.class), Options.catalog())),
            Options.general()),
        List.of(
            new Example("how would it be recovered?", "plan -n ai librechat"),
            new Example("as a runbook to follow by hand", "plan -n ai librechat -o markdown"),
            new Example("return to a revision that worked", "plan web --option rollback"),
            new Example("on a snapshot", "plan --from incident.tgz ai/librechat")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Format format = arguments.choice("--output", Format.class, Format.TEXT);
    Wishes wishes = Recovering.wishes(arguments);
    Diagnoser diagnoser = Diagnosing.diagnoser(arguments, session);
    try (Backend.Cluster cluster =
        session.backend().open(Options.source(arguments), session.env())) {
      ReleaseRef release = RecoverCommand.release(arguments, session, cluster, diagnoser);
      Recovering.Look look;
      try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
        look = Recovering.forPlan(cluster, diagnoser, release, wishes, progress);
      }
      return print(
          arguments,
          session.masking(cluster.mask(look.evidence())),
          format,
          Planner.plan(look.evidence(), look.diagnosis(), wishes),
          release);
    }
  }

  private static int print(
      Arguments arguments,
      Session session,
      Format format,
      Planner.Planned planned,
      ReleaseRef release) {
    return switch (planned) {
      case Planner.Planned.Made(var plan) -> {
        switch (format) {
          case TEXT -> PlanText.print(session.page(arguments), plan);
          case MARKDOWN -> PlanText.markdown(session.page(arguments).unlimited(), plan);
          case JSON -> session.json().document(PlanTree.of(plan));
          case YAML -> session.yaml().document(PlanTree.of(plan));
        }
        yield ExitCode.CLEAN;
      }
      case Planner.Planned.Unneeded(var why) -> {
        if (format == Format.JSON) {
          session.json().document(none(release, why));
        } else {
          session.tell("Nothing has to be done about " + release.path() + ": " + why);
        }
        yield ExitCode.CLEAN;
      }
      case Planner.Planned.Elsewhere(var root, var why) -> {
        if (format == Format.JSON) {
          session.json().document(none(release, why));
        } else {
          session.tell(why + ".");
          session.tell("Recover that one first: " + Hints.of(arguments).plan(root.path()));
        }
        yield ExitCode.REFUSED;
      }
      case Planner.Planned.Refused(var why, var next, var considered) -> {
        for (Considered c : considered) {
          session.tell("Not taken: " + c.title() + ": " + c.why());
        }
        throw new Refusal("there is no safe plan for " + release.path(), why, next);
      }
    };
  }

  private static Json.Obj none(ReleaseRef release, String why) {
    return Json.builder()
        .put("apiVersion", "refloat.dev/v1")
        .put("kind", "Plan")
        .put(
            "release",
            Json.builder()
                .put("namespace", release.namespace())
                .put("name", release.name())
                .build())
        .put("because", why)
        .put("steps", Json.emptyArray())
        .build();
  }
}
