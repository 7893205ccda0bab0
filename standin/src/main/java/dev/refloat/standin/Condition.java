package dev.refloat.standin;

import dev.refloat.model.Json;

/// One condition of an object.
record Condition(
    String type, String status, String reason, String message, long generation, String since) {

  static Condition of(Json json) {
    return new Condition(
        json.get("type").text(),
        json.get("status").text(),
        json.get("reason").text(),
        json.get("message").text(),
        json.get("observedGeneration").integer(0),
        json.get("lastTransitionTime").text());
  }

  boolean isTrue() {
    return status.equals("True");
  }

  boolean sameAs(Condition other) {
    return status.equals(other.status)
        && reason.equals(other.reason)
        && message.equals(other.message)
        && generation == other.generation;
  }

  Condition since(String time) {
    return new Condition(type, status, reason, message, generation, time);
  }

  Json json() {
    return Json.builder()
        .put("lastTransitionTime", since)
        .put("message", message)
        .put("observedGeneration", generation)
        .put("reason", reason)
        .put("status", status)
        .put("type", type)
        .build();
  }
}
