package dev.refloat.adapter.settings;

import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.lint.Baseline;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;

/// The baseline of `refloat lint`, kind `LintBaseline`: JSON, an entry a line group, so that a
/// review shows what was added.
public final class BaselineFile {
  public static final String NAME = ".refloat/baseline.json";

  private static final List<String> ENTRY =
      List.of("fingerprint", "rule", "file", "object", "field");

  private BaselineFile() {}

  /// Reads the file.
  ///
  /// @param file its name in messages
  /// @throws UnusableFile with all its problems
  public static Baseline read(String file, byte[] text) {
    return Fields.read(
        file,
        text,
        "LintBaseline",
        List.of("findings"),
        root -> {
          List<Baseline.Entry> entries = new ArrayList<>();
          for (YamlNode item : root.items("findings")) {
            Fields f = root.below(item, "a finding", ENTRY);
            entries.add(
                new Baseline.Entry(
                    f.text("fingerprint"),
                    f.text("rule"),
                    f.optionalText("file").orElse(""),
                    f.optionalText("object").orElse(""),
                    f.optionalText("field").orElse("")));
          }
          return new Baseline(entries);
        });
  }

  public static Json.Obj tree(Baseline baseline) {
    List<Json> findings = new ArrayList<>();
    for (Baseline.Entry e : baseline.entries()) {
      Json.Builder b =
          Json.builder()
              .put("fingerprint", e.fingerprint())
              .put("rule", e.rule())
              .put("file", e.file());
      if (!e.object().isEmpty()) {
        b.put("object", e.object());
      }
      if (!e.field().isEmpty()) {
        b.put("field", e.field());
      }
      findings.add(b.build());
    }
    return Json.builder()
        .put("apiVersion", "refloat.dev/v1")
        .put("kind", "LintBaseline")
        .put("findings", new Json.Arr(findings))
        .build();
  }
}
