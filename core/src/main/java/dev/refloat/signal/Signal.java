package dev.refloat.signal;

import dev.refloat.model.ObjectRef;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One typed fact about a release, with the place it was read from.
///
/// @param object where it was read
/// @param field the field that says it: becomes the proof of a diagnosis
/// @param value the words of that field
public record Signal(
    SignalKind kind,
    ObjectRef object,
    String field,
    String value,
    Optional<Instant> at,
    Map<String, String> attributes) {

  public Signal {
    attributes = Map.copyOf(attributes);
  }

  /// The attribute, or an empty text.
  public String get(String attribute) {
    return attributes.getOrDefault(attribute, "");
  }

  public static Builder of(SignalKind kind, ObjectRef object) {
    return new Builder(kind, object);
  }

  /// Collects attributes; each must belong to the kind.
  public static final class Builder {
    private final SignalKind kind;
    private final ObjectRef object;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private String field = "";
    private String value = "";
    private Optional<Instant> at = Optional.empty();

    private Builder(SignalKind kind, ObjectRef object) {
      this.kind = kind;
      this.object = object;
    }

    public Builder with(String attribute, String text) {
      if (!kind.attributes().contains(attribute)) {
        throw new IllegalArgumentException(kind.word() + " has no attribute " + attribute);
      }
      if (!text.isEmpty()) {
        attributes.put(attribute, text);
      }
      return this;
    }

    public Builder with(String attribute, boolean flag) {
      return with(attribute, flag ? "true" : "false");
    }

    public Builder with(String attribute, long number) {
      return with(attribute, Long.toString(number));
    }

    /// What proves it.
    public Builder says(String provingField, String provingValue) {
      this.field = provingField;
      this.value = provingValue;
      return this;
    }

    public Builder at(Optional<Instant> when) {
      this.at = when;
      return this;
    }

    public Signal build() {
      return new Signal(kind, object, field, value, at, attributes);
    }
  }
}
