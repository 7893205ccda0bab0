package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.lint.Alerting;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.model.Json;
import dev.refloat.model.Nearest;
import dev.refloat.render.YamlText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `refloat alerts`: objects that make a cluster tell when releases fail.
final class AlertsCommand implements Command {

  /// Types of Provider that notification-controller 1.x knows (its API reference).
  private static final List<String> TYPES =
      List.of(
          "alertmanager",
          "azuredevops",
          "azureeventhub",
          "bitbucket",
          "bitbucketserver",
          "datadog",
          "discord",
          "generic",
          "generic-hmac",
          "gitea",
          "github",
          "githubdispatch",
          "gitlab",
          "googlechat",
          "googlepubsub",
          "grafana",
          "lark",
          "matrix",
          "msteams",
          "nats",
          "opsgenie",
          "otel",
          "pagerduty",
          "rocket",
          "sentry",
          "slack",
          "telegram",
          "webex",
          "zulip");

  enum Format {
    YAML,
    JSON
  }

  enum Only {
    NOTIFICATIONS,
    PROMETHEUS
  }

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "alerts",
        "[PATH] [options]",
        "Writes what makes a cluster tell when releases fail, for the repository: a Provider and an"
            + " Alert of Flux, and a PrometheusRule for releases that fail, stall, loop or are"
            + " suspended too long, and for charts that are stale. With a PATH, the namespaces of"
            + " the repository there are watched.",
        Optional.of(Completing.of(Completing.What.DIRECTORIES)),
        List.of(
            new Section(
                "Notifications",
                List.of(
                    Option.value(
                        "TYPE",
                        "type of the Provider (default slack)",
                        Completing.words(TYPES),
                        "--provider"),
                    Option.value("NAME", "its channel", Completing.nothing(), "--channel"),
                    Option.value(
                        "NAME",
                        "Secret with its address or token (default flux-alerts)",
                        Completing.nothing(),
                        "--secret"))),
            new Section(
                "Prometheus",
                List.of(
                    Option.value(
                        "SOURCE",
                        "what exposes the state of Flux's objects: kube-state-metrics (default) or"
                            + " flux-operator",
                        Completing.words(List.of("kube-state-metrics", "flux-operator")),
                        "--metrics"),
                    Option.value(
                            "KEY=VALUE",
                            "label by which Prometheus finds its rules (default"
                                + " release=kube-prometheus-stack); may be repeated",
                            Completing.nothing(),
                            "--label")
                        .repeatable())),
            new Section(
                "Output",
                List.of(
                    Option.value(
                        "NS",
                        "namespace of the objects (default flux-system)",
                        Completing.of(Completing.What.NAMESPACES),
                        "-n",
                        "--namespace"),
                    Option.value(
                        "WHAT",
                        String.join(" or ", Arguments.words(Only.class)),
                        Completing.words(Arguments.words(Only.class)),
                        "--only"),
                    Options.output(Format.class))),
            Options.general()),
        List.of(
            new Example(
                "into the repository",
                "alerts . --channel ops > clusters/production/flux-alerts.yaml"),
            new Example("with flux-operator's metrics", "alerts . --metrics flux-operator")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    if (arguments.words().size() > 1) {
      throw new CommandException("alerts takes one path", null, session.program() + " alerts .");
    }
    Format format = arguments.choice("--output", Format.class, Format.YAML);
    Optional<Only> only =
        arguments
            .text("--only")
            .map(_ -> arguments.choice("--only", Only.class, Only.NOTIFICATIONS));
    String type = arguments.text("--provider").orElse("slack");
    if (!TYPES.contains(type)) {
      throw new CommandException(
          "option --provider does not know '" + type + "'",
          "it takes one of: " + String.join(", ", TYPES),
          Nearest.of(type, TYPES, 1).stream()
              .findFirst()
              .map(n -> "did you mean " + n + "?")
              .orElse(null));
    }
    Alerting.Receiver receiver =
        new Alerting.Receiver(
            arguments.text("--namespace").orElse("flux-system"),
            "flux-alerts",
            type,
            arguments.text("--channel").orElse(""),
            arguments.text("--secret").orElse("flux-alerts"));
    List<Json.Obj> objects = new ArrayList<>();
    if (only.isEmpty() || only.get() == Only.NOTIFICATIONS) {
      objects.addAll(Alerting.notifications(receiver, cluster(arguments, session)));
    }
    if (only.isEmpty() || only.get() == Only.PROMETHEUS) {
      objects.add(Alerting.prometheus(metrics(arguments), receiver, labels(arguments)));
    }
    print(session, format, objects);
    if (only.isEmpty() || only.get() == Only.NOTIFICATIONS) {
      session.tell(
          "The Secret "
              + receiver.secret()
              + " in namespace "
              + receiver.namespace()
              + " holds the address or token of the receiver; make it, encrypted, beside these"
              + " objects.");
    }
    return ExitCode.CLEAN;
  }

  private static Cluster cluster(Arguments arguments, Session session) {
    if (arguments.words().isEmpty()) {
      session.tell(
          "Without a path only the namespace of the Alert is watched: Flux knows no wildcard for"
              + " namespaces.");
      return new Cluster("", List.of(), false);
    }
    List<Declared> objects = new ArrayList<>();
    session
        .backend()
        .repository(List.of(Arguments.path("path", arguments.words().getFirst())))
        .clusters()
        .forEach(c -> objects.addAll(c.objects()));
    return new Cluster("", objects, false);
  }

  private static Alerting.Metrics metrics(Arguments arguments) {
    String text = arguments.text("--metrics").orElse("kube-state-metrics");
    return switch (text) {
      case "kube-state-metrics" -> Alerting.Metrics.KUBE_STATE_METRICS;
      case "flux-operator" -> Alerting.Metrics.FLUX_OPERATOR;
      default ->
          throw new CommandException(
              "option --metrics does not know '" + text + "'",
              "it takes one of: kube-state-metrics, flux-operator",
              null);
    };
  }

  private static Map<String, String> labels(Arguments arguments) {
    List<String> texts = arguments.texts("--label");
    if (texts.isEmpty()) {
      return Map.of("release", "kube-prometheus-stack");
    }
    Map<String, String> labels = new java.util.LinkedHashMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      if (equals <= 0) {
        throw new CommandException(
            "option --label does not understand '" + text + "'",
            "it takes a key and a value",
            "write it like --label release=kube-prometheus-stack");
      }
      labels.put(text.substring(0, equals), text.substring(equals + 1));
    }
    return labels;
  }

  private static void print(Session session, Format format, List<Json.Obj> objects) {
    switch (format) {
      case JSON ->
          session
              .json()
              .document(
                  Json.builder().put("apiVersion", "v1").put("kind", "List").build(),
                  "items",
                  objects.iterator());
      case YAML -> {
        YamlText text = session.yaml();
        boolean first = true;
        for (Json.Obj object : objects) {
          if (!first) {
            session.out().println("---");
          }
          text.document(object);
          first = false;
        }
      }
    }
  }
}
