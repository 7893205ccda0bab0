package dev.refloat.adapter.chart;

import dev.refloat.lint.Rendering.Failed.At;
import dev.refloat.lint.Rendering.Failed.Refusal;
import dev.refloat.model.Json;
import dev.refloat.release.RefusedValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which values Helm speaks of when it refuses them.
final class Refusals {
  private static final int MOST = 20;

  /// Helm 4: `- at '/image/tag': got number, want string`; Helm 3: `- image.tag: Invalid type. …`.
  private static final Pattern SCHEMA_LINE =
      Pattern.compile("^\\s*- (?:at '([^']{0,500})'|([^\\s:']{1,500})): (.{0,1000})$");

  private static final Pattern CHART_LINE = Pattern.compile("^([A-Za-z0-9._-]{1,250}):$");
  private static final Pattern MISSING =
      Pattern.compile("missing propert(?:y|ies):? '([^']{1,250})'|^([^\\s']{1,250}) is required");
  private static final Pattern ADDITIONAL =
      Pattern.compile(
          "additional propert(?:y|ies) '([^']{1,250})'"
              + "|Additional property (\\S{1,250}) is not allowed");
  private static final Pattern SUBCHART = Pattern.compile("/charts/([^/()\\s]{1,250})/templates/");
  private static final Pattern IMAGE = Pattern.compile("(?m)^\\s*- (\\S{3,500})\\s*$");

  private Refusals() {}

  static List<Refusal> of(At at, String message, String chart, Json values) {
    return switch (at) {
      case REFUSED_VALUES ->
          message.contains("execution error at") ? template(message) : schema(message, chart);
      case REFUSED_IMAGE -> images(message, values);
      case CHART,
          CHART_VERSION,
          SOURCE,
          SOURCE_AUTH,
          SOURCE_TLS,
          CHART_BUILD,
          VALUES,
          KUBE_VERSION,
          TEMPLATE,
          MANIFEST,
          POST_RENDER ->
          List.of();
    };
  }

  private static List<Refusal> schema(String message, String chart) {
    List<Refusal> out = new ArrayList<>();
    List<String> prefix = List.of();
    for (String line : message.lines().toList()) {
      Matcher named = CHART_LINE.matcher(line);
      if (named.matches()) {
        prefix = named.group(1).equals(chart) ? List.of() : List.of(named.group(1));
        continue;
      }
      Matcher m = SCHEMA_LINE.matcher(line);
      if (!m.matches() || out.size() == MOST) {
        continue;
      }
      List<String> path = new ArrayList<>(prefix);
      if (m.group(1) != null) {
        Arrays.stream(m.group(1).split("/", -1))
            .filter(s -> !s.isEmpty())
            .map(s -> s.replace("~1", "/").replace("~0", "~"))
            .forEach(path::add);
      } else if (!m.group(2).equals("(root)")) {
        path.addAll(Arrays.asList(m.group(2).split("\\.", -1)));
      }
      property(ADDITIONAL, m.group(3), path);
      property(MISSING, m.group(3), path);
      out.add(new Refusal(path, m.group(3), List.of()));
    }
    return out;
  }

  private static void property(Pattern pattern, String text, List<String> path) {
    Matcher m = pattern.matcher(text);
    if (m.find()) {
      path.add(m.group(1) != null ? m.group(1) : m.group(2));
    }
  }

  /// A chart's own words. In a subchart's template `.Values` is what lies below its name.
  private static List<Refusal> template(String message) {
    String why = message.replaceFirst("(?s)^.*execution error at \\([^)]*\\):\\s*", "").strip();
    List<String> prefix = new ArrayList<>();
    Matcher sub = SUBCHART.matcher(message);
    if (sub.find()) {
      prefix.add(sub.group(1));
    }
    return RefusedValue.in(message).stream()
        .findFirst()
        .map(
            v -> {
              List<String> path = new ArrayList<>();
              if (!prefix.isEmpty()
                  && !v.path().getFirst().equals(prefix.getFirst())
                  && !v.path().getFirst().equals("global")) {
                path.addAll(prefix);
              }
              path.addAll(v.path());
              return List.of(new Refusal(path, why, List.of()));
            })
        .orElseGet(() -> List.of(new Refusal(List.of(), why, List.of())));
  }

  /// The value that made the image another one: the longest that is a part of its name.
  private static List<Refusal> images(String message, Json values) {
    List<Refusal> out = new ArrayList<>();
    Matcher m = IMAGE.matcher(message);
    while (m.find() && out.size() < MOST) {
      String image = m.group(1);
      List<String> best = new ArrayList<>();
      int[] length = {3};
      longest(values, image, new ArrayList<>(), best, length);
      out.add(new Refusal(best, "unrecognized image " + image, List.of()));
    }
    return out;
  }

  private static void longest(
      Json tree, String image, List<String> path, List<String> best, int[] length) {
    switch (tree) {
      case Json.Obj o ->
          o.forEach(
              (k, v) -> {
                path.add(k);
                longest(v, image, path, best, length);
                path.removeLast();
              });
      case Json.Str(var s) when s.length() > length[0] && image.contains(s) -> {
        length[0] = s.length();
        best.clear();
        best.addAll(path);
      }
      case Json.Arr _, Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
  }
}
