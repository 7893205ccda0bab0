package dev.refloat.adapter.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// The pages of the rules, `lint/<id>/README.md`, which the build puts beside this class.
public final class RulePages {
  private static final Pattern ID = Pattern.compile("[a-z0-9-]+");

  private RulePages() {}

  /// A page in Markdown; nothing for an unknown id.
  public static Optional<String> page(String id) {
    if (!ID.matcher(id).matches()) {
      return Optional.empty();
    }
    try (InputStream in = RulePages.class.getResourceAsStream("pages/" + id + "/README.md")) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the page of rule " + id, e);
    }
  }
}
