package dev.refloat.model;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes as Kubernetes writes them: `8Gi`, `500M`, `1e9`.
public final class Quantity {
  private static final Pattern FORM = Pattern.compile("([0-9.]+)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P|m)?");
  private static final double KIBI = 1024;
  private static final double KILO = 1000;
  private static final Map<String, Double> UNITS =
      Map.ofEntries(
          Map.entry("m", 1 / KILO),
          Map.entry("k", KILO),
          Map.entry("M", KILO * KILO),
          Map.entry("G", KILO * KILO * KILO),
          Map.entry("T", KILO * KILO * KILO * KILO),
          Map.entry("P", KILO * KILO * KILO * KILO * KILO),
          Map.entry("Ki", KIBI),
          Map.entry("Mi", KIBI * KIBI),
          Map.entry("Gi", KIBI * KIBI * KIBI),
          Map.entry("Ti", KIBI * KIBI * KIBI * KIBI),
          Map.entry("Pi", KIBI * KIBI * KIBI * KIBI * KIBI));

  private Quantity() {}

  /// In bytes or whatever the unit is of, 0 for what is not a quantity.
  public static double bytes(String text) {
    try {
      Matcher m = FORM.matcher(text.strip());
      if (m.matches()) {
        String unit = m.group(2);
        return Double.parseDouble(m.group(1)) * (unit == null ? 1 : UNITS.getOrDefault(unit, 1.0));
      }
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
