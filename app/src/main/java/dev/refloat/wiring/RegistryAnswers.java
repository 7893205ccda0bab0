package dev.refloat.wiring;

import dev.refloat.adapter.kubernetes.LiveCluster;
import dev.refloat.adapter.kubernetes.OutsideQuestions;
import dev.refloat.adapter.registry.EnvironmentProxies;
import dev.refloat.adapter.registry.RegistryQuestions;
import dev.refloat.adapter.registry.Visit;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.HttpAnswer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Asks repositories and registries, with the credentials that the cluster's objects name. Most
/// runs
/// ask none, so nothing is set up before the first question.
final class RegistryAnswers implements OutsideQuestions, AutoCloseable {
  private final Map<String, String> env;
  private @Nullable RegistryQuestions questions;

  RegistryAnswers(Map<String, String> env) {
    this.env = Map.copyOf(env);
  }

  @Override
  public Observation<Answer> ask(Inquiry inquiry, LiveCluster cluster) {
    if (!env.getOrDefault("REFLOAT_OFFLINE", "").isEmpty()) {
      return new Observation.Unreadable<>("not asked: REFLOAT_OFFLINE is set");
    }
    return questions().ask(inquiry, ref -> read(ref, cluster));
  }

  /// Asks an address that a person named.
  static HttpAnswer visit(URI address, Duration atMost, Map<String, String> env) {
    return Visit.of(address, atMost, new EnvironmentProxies(env));
  }

  private synchronized RegistryQuestions questions() {
    RegistryQuestions known = questions;
    if (known == null) {
      known = new RegistryQuestions(new EnvironmentProxies(env));
      questions = known;
    }
    return known;
  }

  private static Observation<Resource> read(ObjectRef ref, LiveCluster cluster) {
    if (ref.kind().equals("Secret")) {
      return secret(ref, cluster);
    }
    Inquiry one = new Inquiry.ObjectNamed(ref);
    return switch (cluster.ask(List.of(one)).get(one)) {
      case Observation.Seen<Answer>(Answer.OneObject(var resource)) ->
          new Observation.Seen<>(resource);
      case Observation.Absent<Answer> _ -> new Observation.Absent<>();
      case Observation.Unreadable<Answer>(var why) -> new Observation.Unreadable<>(why);
      case null, default -> new Observation.Unreadable<>("not answered");
    };
  }

  /// Whole, unlike in an answer, where the data is masked.
  private static Observation<Resource> secret(ObjectRef ref, LiveCluster cluster) {
    return switch (cluster.secretData(ref.namespace(), ref.name())) {
      case Observation.Seen<Map<String, byte[]>>(var data) -> {
        Json.Builder encoded = Json.builder();
        data.forEach((key, value) -> encoded.put(key, Base64.getEncoder().encodeToString(value)));
        yield new Observation.Seen<>(
            new Resource(ref, Json.builder().put("data", encoded.build()).build()));
      }
      case Observation.Absent<Map<String, byte[]>> _ -> new Observation.Absent<>();
      case Observation.Unreadable<Map<String, byte[]>>(var why) ->
          new Observation.Unreadable<>(why);
    };
  }

  @Override
  public synchronized void close() {
    if (questions != null) {
      questions.close();
    }
  }
}
