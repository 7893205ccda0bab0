package dev.refloat.release;

import dev.refloat.evidence.Evidence;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The objects that a release's chart comes through: HelmChart and its repository, or the
/// OCIRepository,
/// HelmChart or ExternalArtifact that `chartRef` names (flux-facts §1.1).
public final class SourceChain {

  private static final String GROUP = "source.toolkit.fluxcd.io";

  private SourceChain() {}

  /// One object of the chain.
  ///
  /// @param role `chart` for the HelmChart, `source` for what it is made from
  /// @param ref as the release or the chart names it
  /// @param resource empty when it was not seen
  /// @param missing true when it is known not to exist
  public record Link(String role, ObjectRef ref, Optional<Resource> resource, boolean missing) {}

  public static List<Link> of(ReleaseView view, Evidence evidence) {
    List<Link> links = new ArrayList<>();
    Resource release = view.resource();
    Json chartRef = release.spec("chartRef");
    if (chartRef.exists()) {
      Link first = link(role(chartRef), ref(chartRef, release.namespace()), evidence);
      links.add(first);
      first
          .resource()
          .filter(r -> r.kind().equals("HelmChart"))
          .ifPresent(c -> links.addAll(behind(c, evidence)));
      return links;
    }
    Json sourceRef = release.spec("chart", "spec", "sourceRef");
    ObjectRef source = ref(sourceRef, release.namespace());
    String[] reported = release.status("helmChart").text().split("/", 2);
    ObjectRef chart =
        new ObjectRef(
            GROUP + "/v1",
            "HelmChart",
            reported.length == 2 ? reported[0] : source.namespace(),
            reported.length == 2 ? reported[1] : release.namespace() + "-" + release.name());
    links.add(link("chart", chart, evidence));
    links.add(link("source", source, evidence));
    return links;
  }

  private static String role(Json chartRef) {
    return chartRef.get("kind").text().equals("HelmChart") ? "chart" : "source";
  }

  private static List<Link> behind(Resource chart, Evidence evidence) {
    Json ref = chart.spec("sourceRef");
    return List.of(link("source", ref(ref, chart.namespace()), evidence));
  }

  private static ObjectRef ref(Json ref, String namespace) {
    return new ObjectRef(
        GROUP + "/v1",
        ref.get("kind").text("HelmRepository"),
        ref.get("namespace").text(namespace),
        ref.get("name").text());
  }

  private static Link link(String role, ObjectRef ref, Evidence evidence) {
    Optional<Resource> found = evidence.find(ref);
    boolean missing = evidence.presence(ref) == Evidence.Presence.ABSENT;
    return new Link(role, ref, found, missing);
  }
}
