package dev.refloat.lint;

import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What came of rendering one release's chart with its values.
public sealed interface Rendering {

  /// It renders.
  ///
  /// @param values merged in Flux's order, chart defaults not included
  /// @param manifests after post-renderers, hooks and tests not included
  /// @param hooks objects with Helm's hook annotation, tests included
  /// @param crds of the chart's `crds/` folders
  /// @param secret texts that came out of Secrets, to be masked wherever something is printed
  /// @param unjudged why the chart's schema did not judge the values, though it should have
  record Rendered(
      Chart chart,
      Json values,
      List<Resource> manifests,
      List<Resource> hooks,
      List<Resource> crds,
      Set<String> secret,
      Optional<String> unjudged)
      implements Rendering {
    public Rendered {
      manifests = List.copyOf(manifests);
      hooks = List.copyOf(hooks);
      crds = List.copyOf(crds);
      secret = Set.copyOf(secret);
    }

    /// The images of all its pods, as they are written.
    public Set<String> images() {
      Set<String> out = new TreeSet<>();
      manifests.forEach(o -> out.addAll(Pods.images(o)));
      hooks.forEach(o -> out.addAll(Pods.images(o)));
      return out;
    }
  }

  /// It does not.
  ///
  /// @param at what refused
  /// @param message what it said, secrets masked
  /// @param refusals the values that it is about, when that can be told
  record Failed(At at, String message, Optional<Chart> chart, List<Refusal> refusals)
      implements Rendering {
    public Failed {
      refusals = List.copyOf(refusals);
    }

    /// One value that is refused, or a name that there is not.
    ///
    /// @param path in the release's values; keys and indices as text. Empty when it is about none
    /// @param why in the words of who refused
    /// @param instead what there is instead: names or versions, the likeliest first
    public record Refusal(List<String> path, String why, List<String> instead) {
      public Refusal {
        path = List.copyOf(path);
        instead = List.copyOf(instead);
      }
    }

    /// What refused.
    public enum At {
      /// The chart repository or registry does not have the chart.
      CHART,
      /// It has the chart, and not in a version that is wanted.
      CHART_VERSION,
      /// Its source cannot be reached, or does not answer as one.
      SOURCE,
      /// Its source wants credentials, or others.
      SOURCE_AUTH,
      /// Its source's certificate is not trusted.
      SOURCE_TLS,
      /// The archive is no chart, or its dependencies cannot be had.
      CHART_BUILD,
      /// Values are not YAML, or cannot be merged.
      VALUES,
      /// `values.schema.json`, `required` or `fail`.
      REFUSED_VALUES,
      /// The chart's own check that images were not substituted.
      REFUSED_IMAGE,
      /// The chart is for other Kubernetes versions.
      KUBE_VERSION,
      /// A template has a mistake.
      TEMPLATE,
      /// A rendered document is no object.
      MANIFEST,
      /// A post-renderer.
      POST_RENDER
    }
  }

  /// It could not be tried.
  ///
  /// @param why one sentence, with what to do about it
  record NotRendered(String why) implements Rendering {}

  /// What is known of a chart.
  ///
  /// @param defaults its `values.yaml`, those of its subcharts below their names
  /// @param schema its `values.schema.json`, or missing
  /// @param metadata its `Chart.yaml`
  /// @param words the identifiers in its templates, its README and the comments of its
  ///     `values.yaml`,
  ///     subcharts included: a value whose name is not among them does nothing
  record Chart(
      String name, String version, Json metadata, Json defaults, Json schema, Set<String> words) {
    public Chart {
      words = Set.copyOf(words);
    }
  }
}
