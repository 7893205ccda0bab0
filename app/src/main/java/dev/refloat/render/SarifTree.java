package dev.refloat.render;

import dev.refloat.lint.Finding;
import dev.refloat.lint.Judged;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Place;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Severity;
import dev.refloat.lint.Triage;
import dev.refloat.model.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Findings as SARIF 2.1.0 (OASIS, errata 1), within what GitHub's code scanning takes: 25,000
/// results in a run, 1,000 locations in a result, 20 tags on a rule.
public final class SarifTree {
  static final int MOST_RESULTS = 25_000;
  private static final int MOST_RELATED = 100;
  private static final int MOST_NOTIFICATIONS = 1_000;
  private static final int MOST_TAGS = 20;

  private final LintView view;
  private final List<RuleInfo> rules;
  private final Map<String, Integer> index = new HashMap<>();

  private SarifTree(LintView view) {
    this.view = view;
    this.rules = new ArrayList<>(view.rules());
    if (rules.stream().noneMatch(r -> r.id().equals(Triage.SUPPRESSION.id()))) {
      rules.add(Triage.SUPPRESSION);
    }
    for (int i = 0; i < rules.size(); i++) {
      index.put(rules.get(i).id(), i);
    }
  }

  public static Json.Obj of(LintView view) {
    return new SarifTree(view).log();
  }

  private record Result(Finding finding, String fingerprint, Optional<Judged.Silenced> silenced) {}

  private Json.Obj log() {
    List<Result> results = results();
    int left = Math.max(0, results.size() - MOST_RESULTS);
    if (left > 0) {
      results = results.stream().limit(MOST_RESULTS).toList();
    }
    Json.Obj run =
        Json.builder()
            .put("tool", Json.builder().put("driver", driver()).build())
            .put("columnKind", "unicodeCodePoints")
            .put("invocations", new Json.Arr(List.of(invocation(left))))
            .put("results", results.stream().map(this::result).iterator())
            .build();
    return Json.builder()
        .put("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
        .put("version", "2.1.0")
        .put("runs", new Json.Arr(List.of(run)))
        .build();
  }

  /// Those that count first, the worst of them first: what is cut off, and what code scanning does
  /// not show, is what matters least.
  private List<Result> results() {
    Judged judged = view.judged();
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < judged.findings().size(); i++) {
      results.add(
          new Result(judged.findings().get(i), judged.fingerprints().get(i), Optional.empty()));
    }
    results.sort(Comparator.comparing(r -> r.finding().severity()));
    judged
        .silenced()
        .forEach(s -> results.add(new Result(s.finding(), s.fingerprint(), Optional.of(s))));
    return results;
  }

  private Json.Obj driver() {
    Json.Builder b = Json.builder().put("name", "refloat").put("version", view.version());
    return b.put("rules", rules.stream().map(this::rule).iterator()).build();
  }

  private Json rule(RuleInfo info) {
    Json.Builder b =
        Json.builder()
            .put("id", info.id())
            .put("name", camel(info.id()))
            .put("shortDescription", message(info.title()))
            .put("fullDescription", message(info.title()))
            .put(
                "defaultConfiguration",
                Json.builder().put("level", level(info.severity())).build());
    view.pages()
        .apply(info.id())
        .ifPresent(
            page -> b.put("help", Json.builder().put("text", page).put("markdown", page).build()));
    List<Json> tags = new ArrayList<>(List.of(new Json.Str("flux"), new Json.Str("helm")));
    info.prevents().stream()
        .limit(MOST_TAGS - tags.size())
        .forEach(cause -> tags.add(new Json.Str(cause)));
    b.put(
        "properties",
        Json.builder()
            .put("tags", new Json.Arr(tags))
            .put("precision", "high")
            .put("problem.severity", problem(info.severity()))
            .build());
    return b.build();
  }

  /// `chart-version` as `ChartVersion`.
  private static String camel(String id) {
    StringBuilder out = new StringBuilder();
    for (String word : id.split("-", -1)) {
      out.append(Words.capital(word));
    }
    return out.toString();
  }

  private Json invocation(int left) {
    List<Json> notes = new ArrayList<>();
    if (left > 0) {
      notes.add(
          Json.builder()
              .put("level", "warning")
              .put(
                  "message",
                  message(
                      Words.number(left)
                          + " findings are left out, as code scanning takes "
                          + Words.number(MOST_RESULTS)
                          + " in a run; -o json has all"))
              .build());
    }
    view.judged().notChecked().stream()
        .limit(MOST_NOTIFICATIONS)
        .forEach(n -> notes.add(notification(n)));
    return Json.builder()
        .put("executionSuccessful", true)
        .put("toolExecutionNotifications", new Json.Arr(notes))
        .build();
  }

  private static Json notification(NotChecked n) {
    Json.Builder b =
        Json.builder()
            .put("level", "note")
            .put("message", message("Not checked: " + n.what() + ": " + n.why()));
    n.place().ifPresent(p -> b.put("locations", new Json.Arr(List.of(location(p).build()))));
    return b.build();
  }

  private Json result(Result r) {
    Finding f = r.finding();
    Json.Builder b = Json.builder().put("ruleId", f.rule());
    Integer at = index.get(f.rule());
    if (at != null) {
      b.put("ruleIndex", at);
    }
    b.put("level", level(f.severity()))
        .put("message", message(Words.sentence(f.message()) + " " + Words.sentence(f.advice())));
    Json.Builder location = location(f.place());
    if (!f.object().kind().isEmpty()) {
      location.put(
          "logicalLocations",
          new Json.Arr(
              List.of(
                  Json.builder()
                      .put(
                          "fullyQualifiedName",
                          f.object().display() + (f.field().isEmpty() ? "" : " " + f.field()))
                      .put("kind", "resource")
                      .build())));
    }
    b.put("locations", new Json.Arr(List.of(location.build())));
    if (!f.related().isEmpty()) {
      List<Json> related = new ArrayList<>();
      f.related().stream()
          .limit(MOST_RELATED)
          .forEach(
              x ->
                  related.add(
                      location(x.place())
                          .put("id", related.size())
                          .put("message", message(x.what()))
                          .build()));
      b.put("relatedLocations", new Json.Arr(related));
    }
    // Code scanning reads this name alone.
    b.put(
        "partialFingerprints",
        Json.builder().put("primaryLocationLineHash", r.fingerprint()).build());
    r.silenced().ifPresent(s -> b.put("suppressions", new Json.Arr(List.of(suppression(s)))));
    f.prevents()
        .ifPresent(cause -> b.put("properties", Json.builder().put("prevents", cause).build()));
    return b.build();
  }

  private static Json suppression(Judged.Silenced s) {
    return switch (s.by()) {
      case COMMENT ->
          Json.builder().put("kind", "inSource").put("justification", s.reason()).build();
      case BASELINE ->
          Json.builder().put("kind", "external").put("justification", "In the baseline").build();
    };
  }

  private static Json.Builder location(Place p) {
    return Json.builder()
        .put(
            "physicalLocation",
            Json.builder()
                .put(
                    "artifactLocation",
                    Json.builder().put("uri", uri(p.file())).put("uriBaseId", "%SRCROOT%").build())
                .put(
                    "region",
                    Json.builder()
                        .put("startLine", p.line())
                        .put("startColumn", p.column())
                        .build())
                .build());
  }

  /// In a plain text message, `[text](1)` would be a link.
  private static Json message(String text) {
    return Json.builder().put("text", text.replace("](", "] (")).build();
  }

  /// A relative reference of RFC 3986.
  static String uri(String file) {
    StringBuilder out = new StringBuilder(file.length() + 8);
    for (byte b : file.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if ((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || "-._~/!$&'()*+,;=@".indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%').append(String.format("%02X", (int) c));
      }
    }
    return out.toString();
  }

  private static String level(Severity severity) {
    return switch (severity) {
      case ERROR -> "error";
      case WARNING -> "warning";
      case INFO -> "note";
    };
  }

  private static String problem(Severity severity) {
    return switch (severity) {
      case ERROR -> "error";
      case WARNING -> "warning";
      case INFO -> "recommendation";
    };
  }
}
