package dev.refloat.adapter.demo;

import dev.refloat.model.Json;
import java.io.Serial;

/// A request that is answered with an error, as the API server words it.
final class Refused extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final int code;
  private final String reason;

  Refused(int code, String reason, String message) {
    super(message, null, false, false);
    this.code = code;
    this.reason = reason;
  }

  static Refused notFound(Type type, String name) {
    return new Refused(404, "NotFound", type.resource() + " \"" + name + "\" not found");
  }

  static Refused invalid(String message) {
    return new Refused(422, "Invalid", message);
  }

  int code() {
    return code;
  }

  Json.Obj status() {
    return Json.builder()
        .put("kind", "Status")
        .put("apiVersion", "v1")
        .put("metadata", Json.emptyObject())
        .put("status", "Failure")
        .put("message", String.valueOf(getMessage()))
        .put("reason", reason)
        .put("code", code)
        .build();
  }
}
