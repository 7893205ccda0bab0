package dev.refloat.validation;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HttpAnswer;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// How requests reach a release: its Services and their endpoints, the hosts and backends of its
/// Ingresses and HTTPRoutes, and what they answered.
public final class Traffic {

  /// Names of ports behind which something speaks HTTP.
  private static final Pattern WEB_NAME = Pattern.compile("(?:https?|web|www|ui|api)(?:-.*)?");

  private static final Set<Long> WEB_PORTS = Set.of(80L, 443L, 3000L, 5000L, 8000L, 8080L, 8443L);

  private static final int CLIENT_ERROR = 400;
  private static final int SERVER_ERROR = 500;

  private Traffic() {}

  /// A Service as the API server's proxy is asked for it.
  ///
  /// @param port a number or a name
  /// @param path begins with a slash
  public record Target(String namespace, String service, String port, boolean tls, String path) {
    public String display() {
      return "Service " + namespace + "/" + service + ":" + port + path;
    }
  }

  /// Whether the Services lead to ready pods. A Service without a selector, or with
  /// `externalName`, is somebody else's to fill.
  static Check endpoints(Belongings b) {
    String id = "services-have-endpoints";
    String title = "Its Services have endpoints";
    Evidence evidence = b.evidence();
    List<Resource> services =
        b.of(Kind.SERVICE).stream().filter(s -> !s.spec("selector").strings().isEmpty()).toList();
    if (services.isEmpty()) {
      return Check.skipped(id, title, "it has none that selects pods");
    }
    List<String> empty = new ArrayList<>();
    List<String> idle = new ArrayList<>();
    List<String> unseen = new ArrayList<>();
    int ready = 0;
    for (Resource s : services) {
      if (!evidence.knows(Kind.ENDPOINT_SLICE, s.namespace())) {
        return Check.unknown(
            id, title, "EndpointSlices in namespace " + s.namespace() + " were not read");
      }
      List<Resource> slices =
          evidence.in(s.namespace(), Kind.ENDPOINT_SLICE).stream()
              .filter(
                  e -> e.label("kubernetes.io/service-name").map(s.name()::equals).orElse(false))
              .toList();
      if (slices.isEmpty()) {
        // a selector always has one, be it empty: without any, the snapshot has none, or nobody
        // fills them
        unseen.add(s.ref().path());
        continue;
      }
      long there =
          slices.stream()
              .flatMap(e -> e.at("endpoints").list().stream())
              // no word means ready (API reference, EndpointConditions)
              .filter(e -> !e.at("conditions", "ready").text("true").equals("false"))
              .count();
      if (there > 0) {
        ready++;
      } else if (scaledToNothing(b, s)) {
        idle.add(s.ref().path());
      } else {
        empty.add(s.ref().path() + " has no ready endpoint");
      }
    }
    if (!empty.isEmpty()) {
      return Check.failed(id, title, String.join("; ", empty));
    }
    if (!unseen.isEmpty()) {
      return Check.unknown(id, title, "no EndpointSlice was seen of " + String.join(", ", unseen));
    }
    String rest =
        idle.isEmpty() ? "" : ", and none for what is scaled to 0: " + String.join(", ", idle);
    return ready == 0
        ? Check.skipped(id, title, "none" + rest.substring(5))
        : Check.passed(id, title, ready + " of " + services.size() + rest);
  }

  private static boolean scaledToNothing(Belongings b, Resource service) {
    Map<String, String> selector = service.spec("selector").strings();
    List<Resource> selected =
        b.workloads().stream()
            .filter(w -> w.namespace().equals(service.namespace()))
            .filter(
                w ->
                    w.spec("template", "metadata", "labels")
                        .strings()
                        .entrySet()
                        .containsAll(selector.entrySet()))
            .toList();
    return !selected.isEmpty()
        && selected.stream().allMatch(w -> w.spec("replicas").integer(1) == 0);
  }

  /// The addresses that the Ingresses and HTTPRoutes of a release promise. Hosts with a wildcard
  /// are no address.
  public static List<String> hosts(Belongings b) {
    Set<String> found = new LinkedHashSet<>();
    for (Resource o : b.objects()) {
      switch (o.kind()) {
        case "Ingress" -> {
          Set<String> encrypted = new LinkedHashSet<>();
          o.spec("tls")
              .list()
              .forEach(t -> t.get("hosts").list().forEach(h -> encrypted.add(h.text())));
          for (Json rule : o.spec("rules").list()) {
            String host = rule.get("host").text();
            List<Json> paths = rule.at("http", "paths").list();
            String path = paths.isEmpty() ? "/" : plain(paths.getFirst().get("path").text("/"));
            add(found, encrypted.contains(host) ? "https" : "http", host, path);
          }
        }
        // whether its listener speaks TLS, only the Gateway knows: that is asked over https
        case "HTTPRoute" ->
            o.spec("hostnames").list().forEach(h -> add(found, "https", h.text(), "/"));
        default -> {}
      }
    }
    return List.copyOf(found);
  }

  private static void add(Set<String> found, String scheme, String host, String path) {
    if (host.matches("[A-Za-z0-9][A-Za-z0-9.-]*")) {
      found.add(scheme + "://" + host + path);
    }
  }

  /// A path may be a regular expression, by annotations that only a controller knows.
  private static String plain(String path) {
    return path.matches("/[A-Za-z0-9._~/-]*") ? path : "/";
  }

  /// The Services to ask from inside: those behind Ingresses and HTTPRoutes with the path that
  /// leads to them, and of the others those whose port looks like HTTP.
  public static List<Target> targets(Belongings b) {
    Set<Target> found = new LinkedHashSet<>();
    Set<String> named = new LinkedHashSet<>();
    for (Resource o : b.objects()) {
      for (Json rule : o.spec("rules").list()) {
        if (o.kind().equals("Ingress")) {
          for (Json path : rule.at("http", "paths").list()) {
            Json service = path.at("backend", "service");
            String port = service.at("port", "number").text(service.at("port", "name").text());
            route(
                b,
                found,
                named,
                o.namespace(),
                service.get("name").text(),
                port,
                plain(path.get("path").text("/")));
          }
        } else if (o.kind().equals("HTTPRoute")) {
          List<Json> matches = rule.get("matches").list();
          String path =
              matches.isEmpty() ? "/" : plain(matches.getFirst().at("path", "value").text("/"));
          for (Json ref : rule.get("backendRefs").list()) {
            if (ref.get("kind").text("Service").equals("Service")) {
              route(
                  b,
                  found,
                  named,
                  ref.get("namespace").text(o.namespace()),
                  ref.get("name").text(),
                  ref.get("port").text(),
                  path);
            }
          }
        }
      }
    }
    for (Resource s : b.of(Kind.SERVICE)) {
      if (!named.contains(s.ref().path()) && !s.spec("type").text().equals("ExternalName")) {
        for (Json port : s.spec("ports").list()) {
          if (web(port)) {
            found.add(new Target(s.namespace(), s.name(), port.get("port").text(), tls(port), "/"));
          }
        }
      }
    }
    return List.copyOf(found);
  }

  private static void route(
      Belongings b,
      Set<Target> found,
      Set<String> named,
      String namespace,
      String service,
      String port,
      String path) {
    if (service.isEmpty() || port.isEmpty()) {
      return;
    }
    named.add(namespace + "/" + service);
    boolean encrypted =
        b.evidence().find(new ObjectRef("v1", "Service", namespace, service)).stream()
            .flatMap(s -> s.spec("ports").list().stream())
            .filter(p -> p.get("port").text().equals(port) || p.get("name").text().equals(port))
            .anyMatch(Traffic::tls);
    found.add(new Target(namespace, service, port, encrypted, path));
  }

  private static boolean web(Json port) {
    String protocol = port.get("appProtocol").text();
    return port.get("protocol").text("TCP").equals("TCP")
        && (protocol.equals("http")
            || protocol.equals("https")
            || WEB_NAME.matcher(port.get("name").text()).matches()
            || (protocol.isEmpty() && WEB_PORTS.contains(port.get("port").integer(0))));
  }

  private static boolean tls(Json port) {
    return port.get("appProtocol").text().equals("https")
        || port.get("name").text().startsWith("https")
        || port.get("port").integer(0) == 443
        || port.get("port").integer(0) == 8443;
  }

  /// What an address answered that somebody named, or that an Ingress promises. As with
  /// `curl --fail`, an error of the client is a failure too: the address was meant.
  public static Check address(String address, HttpAnswer answer) {
    return check("url-answers", address + " answers", answer, CLIENT_ERROR);
  }

  /// What a Service answered. Which paths it has was guessed, so only errors of the server count.
  public static Check target(Target target, HttpAnswer answer) {
    String title = target.display() + " answers inside the cluster";
    if (answer.why().contains("services/proxy")) {
      return Check.unknown("service-answers", title, answer.why());
    }
    if (answer.status() == 404 && answer.why().contains("services \"")) {
      // the API server's own words: there is no such Service to ask
      return Check.failed("service-answers", title, answer.why());
    }
    return check("service-answers", title, answer, SERVER_ERROR);
  }

  private static Check check(String id, String title, HttpAnswer answer, int failsFrom) {
    String said =
        answer.answered()
            ? answer.status() + (answer.why().isEmpty() ? "" : ": " + answer.why())
            : answer.why();
    return answer.answered() && answer.status() < failsFrom
        ? Check.passed(id, title, said)
        : Check.failed(id, title, said);
  }

  public static Check nothingToAsk(String why) {
    return Check.skipped("url-answers", "Its addresses answer", why);
  }

  /// What to say of hosts that nobody asked for.
  public static Optional<Check> unasked(Belongings b) {
    List<String> hosts = hosts(b);
    return hosts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Check.skipped(
                "url-answers",
                "Its hosts answer",
                "not asked without --hosts: " + String.join(", ", hosts)));
  }
}
