package dev.refloat.testbed;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a HelmRelease says about itself.
public record ReleaseState(JsonNode object) {

  /// A condition by its type.
  public Optional<JsonNode> condition(String type) {
    return object
        .path("status")
        .path("conditions")
        .valueStream()
        .filter(c -> c.path("type").asString("").equals(type))
        .findFirst();
  }

  /// `True/InstallSucceeded`; empty when there is no such condition.
  public String brief(String type) {
    return condition(type)
        .map(c -> c.path("status").asString("") + "/" + c.path("reason").asString(""))
        .orElse("");
  }

  /// The message of a condition; empty when there is no such condition.
  public String message(String type) {
    return condition(type).map(c -> c.path("message").asString("")).orElse("");
  }

  private boolean is(String type, String status) {
    return condition(type).filter(c -> c.path("status").asString("").equals(status)).isPresent();
  }

  /// Ready at the generation of its spec.
  public boolean ready() {
    return is("Ready", "True") && observed();
  }

  /// Not Ready at the generation of its spec, and no remediation is running. (While an install or
  /// upgrade runs, Ready is Unknown; after one that stored nothing, Reconciling still says that it
  /// runs.)
  public boolean failed() {
    return is("Ready", "False")
        && condition("Ready").orElseThrow().path("observedGeneration").asLong(-1) == generation()
        && !message("Reconciling").matches("Running '(rollback|uninstall|test|unlock)'.*");
  }

  /// Flux gave up.
  public boolean stalled() {
    return is("Stalled", "True") && failed() && observed();
  }

  /// An install or upgrade is running.
  public boolean running() {
    return is("Ready", "Unknown") && message("Ready").startsWith("Running '");
  }

  /// The status is about the newest spec.
  public boolean observed() {
    return object.path("status").path("observedGeneration").asLong(-1) == generation();
  }

  public long generation() {
    return object.path("metadata").path("generation").asLong(-1);
  }

  public boolean suspended() {
    return object.path("spec").path("suspend").asBoolean(false);
  }

  /// A counter: `failures`, `installFailures` or `upgradeFailures`.
  public long count(String counter) {
    return object.path("status").path(counter).asLong(0);
  }

  /// The last handled value of a request: `Reconcile`, `Reset` or `Force`.
  public String handled(String request) {
    return object.path("status").path("lastHandled" + request + "At").asString("");
  }

  /// What Flux remembers of Helm's history, newest first: `v2 failed upgrade webapp@1.0.0`.
  public List<String> history() {
    return object
        .path("status")
        .path("history")
        .valueStream()
        .map(
            h ->
                "v%d %s %s %s@%s"
                    .formatted(
                        h.path("version").asLong(),
                        h.path("status").asString(""),
                        h.path("action").asString(""),
                        h.path("chartName").asString(""),
                        h.path("chartVersion").asString("")))
        .toList();
  }

  @Override
  public String toString() {
    StringBuilder all = new StringBuilder();
    object
        .path("status")
        .path("conditions")
        .forEach(
            c ->
                all.append(c.path("type").asString(""))
                    .append('=')
                    .append(brief(c.path("type").asString("")))
                    .append(": ")
                    .append(c.path("message").asString(""))
                    .append('\n'));
    return all.append("failures ")
        .append(count("failures"))
        .append(", install ")
        .append(count("installFailures"))
        .append(", upgrade ")
        .append(count("upgradeFailures"))
        .append(", generation ")
        .append(generation())
        .append(" observed ")
        .append(object.path("status").path("observedGeneration").asLong(-1))
        .append(", history ")
        .append(history())
        .toString();
  }
}
