package dev.refloat.standin;

import dev.refloat.model.Json;

/// One record of Helm's storage.
///
/// @param secret the Secret that holds it
/// @param body what is in it: `name`, `version`, `info`, `chart`, `config`, `manifest`, `hooks`
record ReleaseRecord(Json secret, Json body) {

  int version() {
    return (int) body.get("version").integer(0);
  }

  String status() {
    return body.at("info", "status").text();
  }

  boolean pending() {
    return status().startsWith("pending-");
  }

  String chartName() {
    return body.at("chart", "metadata", "name").text();
  }

  String chartVersion() {
    return body.at("chart", "metadata", "version").text();
  }
}
