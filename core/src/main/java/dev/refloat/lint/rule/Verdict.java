package dev.refloat.lint.rule;

import dev.refloat.lint.DryRun;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What it means that an API server refuses an object, in the terms of `refloat diagnose`.
///
/// @param cause of the catalog; nothing when the refusal is about who asked, and not about the
///     object
record Verdict(Optional<String> cause) {
  private static final String IMMUTABLE =
      "field is immutable|is immutable after creation|may not change once set|cannot change roleRef"
          + "|updates to \\S{1,80} are forbidden|updates to statefulset spec for fields other than"
          + "|[Ff]ield can not be less than|Forbidden: is immutable|is immutable";

  private record Saying(Pattern words, Optional<String> cause) {}

  /// The first that fits. Texts of Kubernetes 1.28 to 1.37.
  private static final List<Saying> SAYINGS =
      List.of(
          nobodys("does not support dry.run|DryRun is not supported"),
          nobodys("cannot \\w+ resource|attempting to grant RBAC permissions"),
          nobodys("error looking up service account|User \"[^\"]*\" cannot"),
          saying("failed calling webhook|failed calling admission webhook", "webhook-unavailable"),
          saying("admission webhook \"[^\"]+\" denied", "admission-denied"),
          saying("ValidatingAdmissionPolicy '[^']+'", "admission-denied"),
          saying("violates PodSecurity", "pod-security"),
          saying("exceeded quota:|failed quota:", "quota-exceeded"),
          saying(
              "because it is being terminated|namespaces? \"[^\"]+\" not found",
              "namespace-missing"),
          saying(IMMUTABLE, "immutable-field"),
          saying(
              "is invalid:|failed to create typed patch|strict decoding error|field not declared in schema"
                  + "|duplicate entries for key|cannot unmarshal|unable to decode|Invalid value"
                  + "|does not match the (?:expected|namespace)|cannot be handled as an?|must match",
              "manifest-invalid"));

  /// `.spec.replcias: field not declared in schema`, or `spec.replicas: Invalid value: …`.
  private static final Pattern FIELD =
      Pattern.compile(
          "(?:^|[\\s(\\[])(?:\\.([\\w.\\[\\]\"=/,-]{1,250}): (?:field not declared|expected |duplicate)"
              + "|([a-z]\\w{0,60}[.\\[][\\w.\\[\\]\"=/-]{1,250}): (?:Invalid|Required|Unsupported|Forbidden"
              + "|Duplicate|Too |Not found|Internal error))");

  private static final Pattern STEP =
      Pattern.compile(
          "\\.?([\\w-]+)|\\[(\\d{1,6})\\]|\\[([\\w-]+)=\"?([^\"\\]]*)\"?(?:,[^\\]]*)?\\]");

  private static Saying saying(String words, String cause) {
    return new Saying(Pattern.compile(words), Optional.of(cause));
  }

  private static Saying nobodys(String words) {
    return new Saying(Pattern.compile(words), Optional.empty());
  }

  static Verdict of(DryRun.Refused refused) {
    for (Saying s : SAYINGS) {
      if (s.words().matcher(refused.message()).find()) {
        return new Verdict(s.cause());
      }
    }
    return new Verdict(
        switch (refused.status()) {
          // Plugins of the API server refuse so.
          case 403 -> Optional.of("admission-denied");
          case 400, 422 -> Optional.of("manifest-invalid");
          default -> Optional.empty();
        });
  }

  /// The field that a refusal is about; empty when it names none.
  static List<FieldEdit.Step> field(DryRun.Refused refused, Json object) {
    if (!refused.fields().isEmpty() && !refused.fields().getFirst().equals("<nil>")) {
      return steps(refused.fields().getFirst(), object);
    }
    Matcher m = FIELD.matcher(refused.message());
    return m.find() ? steps(m.group(1) != null ? m.group(1) : m.group(2), object) : List.of();
  }

  /// Reads `spec.containers[0].image` and `spec.containers[name="app"].image`.
  private static List<FieldEdit.Step> steps(String field, Json object) {
    List<FieldEdit.Step> out = new ArrayList<>();
    Json here = object;
    Matcher m = STEP.matcher(field);
    while (m.find()) {
      if (m.group(1) != null) {
        out.add(new FieldEdit.Key(m.group(1)));
        here = here.get(m.group(1));
      } else {
        int at = m.group(2) != null ? Integer.parseInt(m.group(2)) : index(here, m);
        if (at < 0) {
          return out;
        }
        out.add(new FieldEdit.Index(at));
        here = at < here.list().size() ? here.list().get(at) : Json.Missing.MISSING;
      }
    }
    return out;
  }

  private static int index(Json list, Matcher m) {
    List<Json> items = list.list();
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).get(m.group(3)).text().equals(m.group(4))) {
        return i;
      }
    }
    return -1;
  }
}
