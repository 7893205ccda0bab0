package dev.refloat.redact;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Tells by the name of a field, variable or flag whether its value is a secret.
final class SecretNames {

  private static final Pattern WORDS =
      Pattern.compile(
          "passw(?:or)?d|passphrase|pwd$|pass$|secret|token|apikey|accesskey|privatekey|signingkey"
              + "|encryptionkey|masterkey|sharedkey|authkey|accountkey|licensekey|credential"
              + "|connectionstring|dsn$|authorization|webhookurl|cookie|signature$|^sig$|^auth$"
              + "|sshkey|jwtkey|clientkey|bearer");

  /// What a name ends in when the value only points to a secret, or describes one.
  private static final Pattern POINTERS =
      Pattern.compile(
          "(?:name|names|ref|refs|reference|namespace|path|file|files|dir|type|kind|class|version"
              + "|enabled|disabled|required|create|seconds|ttl|expiry|expiration|duration|length|size"
              + "|mount|mountpath|endpoint|issuer|audience|algorithm|policy|count|url|uri|id|format"
              + "|provider|store|rotation|interval|timeout|annotations|labels|placeholder)$");

  /// Names that hold the name of an object of kind Secret.
  private static final Pattern OBJECT_NAMES =
      Pattern.compile("existingsecret|pullsecrets?$|^secrets$|^tokens$|useexisting");

  /// Ends that are pointers by their look and secrets all the same.
  private static final Set<String> SECRET_ALL_THE_SAME =
      Set.of("accesskeyid", "sessionid", "secretid", "webhookurl");

  /// Annotations of Kubernetes, Helm and Flux hold no secrets, whatever they are called:
  /// `helm.toolkit.fluxcd.io/token` is a digest.
  private static final Pattern WELL_KNOWN =
      Pattern.compile("(?:[a-z0-9.-]+\\.)?(?:fluxcd\\.io|helm\\.sh|kubernetes\\.io|k8s\\.io)/.*");

  private SecretNames() {}

  static boolean isSecret(String name) {
    if (name.indexOf('/') > 0 && WELL_KNOWN.matcher(name).matches()) {
      return false;
    }
    String plain = plain(name);
    if (SECRET_ALL_THE_SAME.stream().anyMatch(plain::endsWith)) {
      return true;
    }
    return WORDS.matcher(plain).find()
        && !POINTERS.matcher(plain).find()
        && !OBJECT_NAMES.matcher(plain).find();
  }

  /// Names whose value is a secret even when it looks like a word.
  static boolean isPassword(String name) {
    String plain = plain(name);
    return isSecret(name)
        && (plain.contains("passw") || plain.contains("passphrase") || plain.contains("key"));
  }

  private static String plain(String name) {
    StringBuilder out = new StringBuilder(name.length());
    for (int i = 0; i < name.length() && i < 200; i++) {
      char c = name.charAt(i);
      if (Character.isLetterOrDigit(c)) {
        out.append(c);
      }
    }
    return out.toString().toLowerCase(Locale.ROOT);
  }
}
