package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.Failure;
import dev.refloat.release.RefusedValue;
import dev.refloat.release.SourceChain;
import dev.refloat.release.Stage;
import dev.refloat.release.Workloads;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which details of a troubled release are worth asking for: what the signal readers could use and
/// do not
/// have.
public final class Details {

  private static final int LOGS = 3;
  private static final Pattern NO_SUCH_CHART =
      Pattern.compile(
          "no chart name found|no '[^']+' chart with version|could not locate a version|no match found"
              + "|NAME_UNKNOWN|MANIFEST_UNKNOWN|could not get tags|: not found");
  private static final Pattern NO_SUCH_IMAGE =
      Pattern.compile("not found|manifest unknown|NotFound|does not exist|no such manifest");

  private Details() {}

  /// Whether a ready release deserves a closer look.
  public static boolean troubled(Belongings b) {
    return b.workloads().stream().anyMatch(w -> !Workloads.healthy(w));
  }

  public static boolean allHealthy(Belongings b) {
    return b.workloads().stream().allMatch(Workloads::healthy);
  }

  /// All failure texts and event messages of a release, for a first look at what kind of trouble it
  /// is.
  public static String texts(Belongings b) {
    String failures =
        b.view().allFailures().stream().map(Failure::message).collect(Collectors.joining("\n"));
    String events =
        b.view().stage() == Stage.READY
            ? ""
            : b.events().stream()
                .map(e -> e.at("message").text())
                .collect(Collectors.joining("\n"));
    return failures + "\n" + events;
  }

  /// The logs worth reading, most telling first.
  public static List<Inquiry> logs(Belongings b) {
    return switch (b.view().stage()) {
      case WAIT, HOOK, TEST, READY, REMEDIATION ->
          List.copyOf(PodSignals.logInquiries(b).stream().limit(LOGS).toList());
      case DELETION, SUSPENDED, NOT_RECONCILED, PREREQUISITE, STATE, ACTION, IN_FLIGHT -> List.of();
    };
  }

  public static Set<Inquiry> controllerLogs(Evidence evidence) {
    return Set.copyOf(ControllerLog.inquiries(evidence));
  }

  /// Objects whose existence decides: the reference of a values error, pull secrets of images that
  /// are
  /// refused.
  public static List<Inquiry> objects(Belongings b) {
    List<Inquiry> wanted = new ArrayList<>();
    boolean values =
        b.view().condition("Ready").map(Condition::reason).orElse("").equals("ValuesError");
    if (values) {
      String message = b.view().failure().map(Failure::message).orElse("");
      for (Json entry : b.view().resource().spec("valuesFrom").list()) {
        // of a Secret only its absence matters, and Flux's message tells that
        if (entry.get("kind").text().equals("ConfigMap")
            && message.contains("/" + entry.get("name").text() + "'")) {
          wanted.add(named("ConfigMap", b.view().ref().namespace(), entry.get("name").text()));
        }
      }
    }
    boolean refused =
        b.view().stage() == Stage.ACTION
            && b.view().allFailures().stream().anyMatch(f -> RefusedValue.speaksOf(f.message()));
    if (refused) {
      b.view().resource().spec("valuesFrom").list().stream()
          .filter(e -> e.get("kind").text().equals("ConfigMap") && !e.get("targetPath").exists())
          .map(e -> named("ConfigMap", b.view().ref().namespace(), e.get("name").text()))
          .distinct()
          .forEach(wanted::add);
    }
    for (Resource pod : b.pods()) {
      boolean pulls =
          pod.status("containerStatuses").list().stream()
              .map(s -> s.at("state", "waiting", "reason").text())
              .anyMatch(r -> r.equals("ImagePullBackOff") || r.equals("ErrImagePull"));
      if (pulls) {
        pod.spec("imagePullSecrets").list().stream()
            .map(s -> named("Secret", pod.namespace(), s.get("name").text()))
            .filter(i -> !wanted.contains(i))
            .forEach(wanted::add);
      }
    }
    return wanted;
  }

  private static Inquiry named(String kind, String namespace, String name) {
    return new Inquiry.ObjectNamed(new ObjectRef("v1", kind, namespace, name));
  }

  /// Names to compare a typing error with: versions, chart names, image tags.
  public static Set<Inquiry> registries(Belongings b) {
    Set<Inquiry> wanted = new LinkedHashSet<>();
    String message = b.view().failure().map(Failure::message).orElse("");
    boolean chart = b.view().stage() == Stage.PREREQUISITE && NO_SUCH_CHART.matcher(message).find();
    if (chart) {
      for (SourceChain.Link link : SourceChain.of(b.view(), b.evidence())) {
        if (link.role().equals("source") && link.resource().isPresent()) {
          wanted.add(new Inquiry.ChartVersions(link.ref(), ""));
          wanted.add(new Inquiry.ChartVersions(link.ref(), b.view().chartName()));
        }
      }
    }
    missingImages(b).stream().limit(2).forEach(wanted::add);
    return wanted;
  }

  private static List<Inquiry> missingImages(Belongings b) {
    List<Inquiry> images = new ArrayList<>();
    for (Resource pod : b.pods()) {
      for (Json status : pod.status("containerStatuses").list()) {
        Json waiting = status.at("state", "waiting");
        String reason = waiting.get("reason").text();
        if (!reason.equals("ImagePullBackOff") && !reason.equals("ErrImagePull")) {
          continue;
        }
        boolean missing =
            NO_SUCH_IMAGE.matcher(waiting.get("message").text()).find()
                || b.evidence().eventsAbout(pod.namespace(), pod.name()).stream()
                    .anyMatch(e -> NO_SUCH_IMAGE.matcher(e.at("message").text()).find());
        if (missing) {
          List<String> secrets =
              pod.spec("imagePullSecrets").list().stream().map(s -> s.get("name").text()).toList();
          images.add(new Inquiry.ImageTags(pod.namespace(), imageOf(pod, status), secrets));
        }
      }
    }
    return images;
  }

  private static String imageOf(Resource pod, Json status) {
    Optional<Json> spec =
        pod.spec("containers").list().stream()
            .filter(c -> c.get("name").text().equals(status.get("name").text()))
            .findFirst();
    return spec.map(c -> c.get("image").text()).orElse(status.get("image").text());
  }
}
