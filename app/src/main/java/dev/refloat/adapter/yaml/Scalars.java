package dev.refloat.adapter.yaml;

import dev.refloat.model.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a scalar means to Kubernetes and Helm, which read YAML with go-yaml 2 (`resolve.go` of
/// v2.4.4, through sigs.k8s.io/yaml).
final class Scalars {

  /// go-yaml's yamlStyleFloat.
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  /// Go's integers with a base prefix; a leading zero alone is octal.
  private static final Pattern INTEGER =
      Pattern.compile("([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))");

  /// A number as JSON writes it: kept as it is.
  private static final Pattern JSON_NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

  /// Longer digits are no number that anything here can mean.
  private static final int LONGEST_NUMBER = 400;

  private Scalars() {}

  static Json resolve(String text, boolean plain, String tag) {
    if (tag.isEmpty() || tag.equals("!")) {
      return plain && tag.isEmpty() ? meaning(text) : new Json.Str(text);
    }
    Json meant =
        switch (tag) {
          case "tag:yaml.org,2002:int",
              "tag:yaml.org,2002:float",
              "tag:yaml.org,2002:bool",
              "tag:yaml.org,2002:null" ->
              meaning(text);
          default -> new Json.Str(text);
        };
    return meant;
  }

  /// Whether a text would be taken for something else when written without quotes.
  static boolean ambiguous(String text) {
    return !(meaning(text) instanceof Json.Str) || text.equals("<<") || text.equals("=");
  }

  private static Json meaning(String text) {
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> Json.Null.NULL;
      case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON" ->
          Json.Bool.TRUE;
      case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF" ->
          Json.Bool.FALSE;
      default -> number(text).map(n -> (Json) n).orElseGet(() -> new Json.Str(text));
    };
  }

  private static Optional<Json.Num> number(String text) {
    char first = text.charAt(0);
    if (text.length() > LONGEST_NUMBER
        || !((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.')) {
      return Optional.empty();
    }
    String digits = first == '.' ? text : text.replace("_", "");
    Matcher integer = INTEGER.matcher(digits);
    if (integer.matches()) {
      if (JSON_NUMBER.matcher(digits).matches()) {
        return Optional.of(new Json.Num(digits));
      }
      BigInteger value =
          integer.group(2) != null
              ? new BigInteger(integer.group(2), 16)
              : integer.group(3) != null
                  ? new BigInteger(integer.group(3), 2)
                  : integer.group(4) != null
                      ? new BigInteger(integer.group(4), 8)
                      : new BigInteger(integer.group(5));
      return Optional.of(
          new Json.Num((integer.group(1).equals("-") ? value.negate() : value).toString()));
    }
    if (!FLOAT.matcher(digits).matches()) {
      return Optional.empty();
    }
    if (JSON_NUMBER.matcher(digits).matches()) {
      return Optional.of(new Json.Num(digits));
    }
    try {
      // Not toPlainString: 1e999999999 must not become a gigabyte of zeros.
      return Optional.of(new Json.Num(new BigDecimal(digits).toString()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
