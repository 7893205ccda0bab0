package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.redact.Redactor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// A secret in the clear in Git: in the values of a release, or in a Secret that SOPS does not
/// encrypt. What is found is never quoted.
final class PlainSecret implements Check {
  private static final Redactor BY_LOOK = Redactor.byLook();
  private static final RuleInfo INFO =
      new RuleInfo(
          "plain-secret",
          "Secrets in Git are encrypted",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.REPOSITORY);

  /// What stands in a secret's place: filled in elsewhere, or a reference.
  private static final Pattern STANDS_IN =
      Pattern.compile(
          "\\$\\{|\\$\\(|\\{\\{|<<|^<.*>$|^ENC\\[|^ref\\+|^vault:|^op://|^secret://|^file:|^/|^\\*+$"
              + "|^(?i)(changeme|change-me|password|secret|example|placeholder|dummy|todo|none|null"
              + "|true|false|enabled|disabled)$");

  /// How texts that only secrets are begin, and words in the names of secrets: what has neither, as
  /// nearly all values do, is not looked at more closely.
  private static final Pattern FORMS =
      Pattern.compile(
          "PRIVATE KEY-----|://[^/\\s]*@|\\beyJ|\\b(AKIA|ASIA|AROA|AIDA)|\\bgh[pousr]_|github_pat_"
              + "|glpat-|\\bxox[abeoprs]-|\\bAIza|\\b[sr]k_(live|test)_|\\bsk-|\\bnpm_|dckr_pat"
              + "|\\bhvs\\.|dop_v1_|pypi-|\\bSG\\.");

  private static final Pattern WORDS =
      Pattern.compile("(?i)pass|pwd|secret|token|key|cred|auth|dsn|conn|cookie|bearer|hook|sign");

  private static final Pattern USER = Pattern.compile("://[^\\s/@:]*@");
  private static final Pattern DIGEST = Pattern.compile("sha256[:-]|^[0-9a-f]{40,64}$");

  private static final int SHORTEST = 6;

  /// Shorter texts have no form of their own.
  private static final int LONG = 16;

  private static final int DEPTH = 40;

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Set<String> names = new HashSet<>();
    for (Declared d : scene.cluster().all("", "Secret")) {
      names.add(d.ref().name());
    }
    for (Declared d : scene.cluster().releases()) {
      if (!d.encrypted()) {
        walk(d, d.object().spec("values"), Release.keys("spec", "values"), names, report, DEPTH);
      }
    }
    for (Declared d : scene.cluster().all("", "Secret")) {
      if (!d.encrypted()) {
        secret(d, report);
      }
    }
  }

  private static void walk(
      Declared d,
      Json value,
      List<FieldEdit.Step> path,
      Set<String> names,
      Report report,
      int depth) {
    if (depth == 0) {
      return;
    }
    switch (value) {
      case Json.Obj o ->
          o.forEach(
              (k, v) -> {
                List<FieldEdit.Step> below = new ArrayList<>(path);
                below.add(new FieldEdit.Key(k));
                if (v instanceof Json.Str(var text)) {
                  if (isSecret(k, text, names)) {
                    found(d, below, report);
                  }
                } else {
                  walk(d, v, below, names, report, depth - 1);
                }
              });
      case Json.Arr(var items) -> {
        for (int i = 0; i < items.size(); i++) {
          List<FieldEdit.Step> below = new ArrayList<>(path);
          below.add(new FieldEdit.Index(i));
          Json item = items.get(i);
          // An environment variable: its name tells what its value is.
          if (item.get("value") instanceof Json.Str(var text)
              && isSecret(item.get("name").text(), text, names)) {
            below.add(new FieldEdit.Key("value"));
            found(d, below, report);
          } else {
            walk(d, item, below, names, report, depth - 1);
          }
        }
      }
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
  }

  private static boolean isSecret(String key, String written, Set<String> names) {
    boolean form = written.length() >= LONG && FORMS.matcher(written).find();
    if (written.length() < SHORTEST
        || !(form || (WORDS.matcher(key).find() && looksRandom(written)))) {
      return false;
    }
    String text = bare(written);
    if (text.isEmpty() || STANDS_IN.matcher(text).find() || names.contains(text)) {
      return false;
    }
    return form ? hasSecretForm(text) : namesSecret(key, text);
  }

  /// Without what only looks like a secret: a user without a password, a digest, a certificate.
  private static String bare(String text) {
    return DIGEST.matcher(text).find() || text.contains("BEGIN CERTIFICATE")
        ? ""
        : USER.matcher(text).replaceAll("://");
  }

  /// A form that only secrets have, as `ghp_…` or a private key.
  private static boolean hasSecretForm(String text) {
    return !BY_LOOK.text(text).equals(text)
        && (!text.contains("\n") || text.contains("PRIVATE KEY-----"));
  }

  private static boolean namesSecret(String key, String text) {
    Json masked = BY_LOOK.json(Json.emptyObject().with(key, new Json.Str(text)));
    return !masked.get(key).text().equals(text);
  }

  /// Letters and digits mixed, one word: no name of an object and no sentence.
  private static boolean looksRandom(String text) {
    return text.length() >= 8
        && text.chars().anyMatch(Character::isDigit)
        && text.chars().anyMatch(Character::isLetter)
        && text.chars().noneMatch(Character::isWhitespace)
        && !text.matches("[a-z0-9]+([.-][a-z0-9]+)+")
        && !text.contains("://");
  }

  private static void found(Declared d, List<FieldEdit.Step> path, Report report) {
    report
        .at(d, path)
        .say(
            new FieldEdit(path, Json.Null.NULL).field()
                + " of "
                + d.ref().display()
                + " looks like a secret in the clear: everybody who reads the repository has it",
            "Put it into a Secret that SOPS, Sealed Secrets or External Secrets makes, take it from"
                + " there with valuesFrom, and replace the secret, which is known now");
  }

  /// A Secret is judged by its keys and by the form of what it holds: many hold configuration.
  private static void secret(Declared d, Report report) {
    for (String field : List.of("stringData", "data")) {
      if (d.object().root().get(field) instanceof Json.Obj o) {
        for (String key : o.keys()) {
          String written = o.get(key).text();
          String text = bare(field.equals("data") ? decoded(written) : written);
          if (text.length() >= SHORTEST
              && !STANDS_IN.matcher(text).find()
              && (namesSecret(key, text) || hasSecretForm(text))) {
            report
                .at(d, field, key)
                .say(
                    key
                        + " of "
                        + d.ref().display()
                        + " is in Git in the clear: everybody who reads the repository has it",
                    "Encrypt it with SOPS, or make it with Sealed Secrets or External Secrets, and"
                        + " replace the secret, which is known now");
            return;
          }
        }
      }
    }
  }

  private static String decoded(String text) {
    try {
      return new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
