package dev.refloat.render;

import dev.refloat.lint.Finding;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.RuleInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Findings in the two XML formats that CI systems read.
final class LintXml {
  private LintXml() {}

  /// JUnit's: a test case for each finding, which fails when the finding fails the run; one that
  /// passes for each rule that found nothing; one that is skipped for each thing that was not
  /// checked.
  static void junit(Appendable out, Edge edge, LintView view) {
    List<Finding> findings = view.judged().findings();
    List<NotChecked> notChecked = view.judged().notChecked();
    Set<String> broken = new HashSet<>();
    findings.forEach(f -> broken.add(f.rule()));
    List<RuleInfo> passed = view.rules().stream().filter(r -> !broken.contains(r.id())).toList();
    long failures = findings.stream().filter(f -> view.fails(f.severity())).count();
    XmlText xml = new XmlText(out, edge);
    int tests = findings.size() + passed.size() + notChecked.size();
    xml.start("testsuites").attribute("name", "refloat lint");
    counts(xml, tests, failures, notChecked.size());
    xml.start("testsuite").attribute("name", "refloat lint");
    counts(xml, tests, failures, notChecked.size());
    for (Finding f : findings) {
      xml.start("testcase")
          .attribute("classname", f.place().file())
          .attribute("name", f.rule() + " " + f.place() + about(f))
          .attribute("file", f.place().file())
          .attribute("line", f.place().line());
      String text = f.place() + ": " + f.message() + "\n" + f.advice();
      if (view.fails(f.severity())) {
        xml.start("failure")
            .attribute("type", f.severity().word())
            .attribute("message", f.message())
            .end();
        xml.text("system-err", text);
      } else {
        xml.text("system-out", f.severity().word() + ": " + text);
      }
      xml.end();
    }
    for (RuleInfo r : passed) {
      xml.start("testcase").attribute("classname", r.id()).attribute("name", r.title()).end();
    }
    for (NotChecked n : notChecked) {
      xml.start("testcase")
          .attribute("classname", n.place().map(p -> p.file()).orElse("not checked"))
          .attribute("name", n.what());
      xml.start("skipped").attribute("message", n.why()).end();
      xml.end();
    }
    xml.end().end();
  }

  private static void counts(XmlText xml, int tests, long failures, int skipped) {
    xml.attribute("tests", tests)
        .attribute("failures", failures)
        .attribute("errors", 0)
        .attribute("skipped", skipped);
  }

  private static String about(Finding f) {
    return f.object().kind().isEmpty() ? "" : " " + f.object().display();
  }

  /// Checkstyle's: errors by file.
  static void checkstyle(Appendable out, Edge edge, LintView view) {
    Map<String, List<Finding>> byFile = new LinkedHashMap<>();
    view.judged()
        .findings()
        .forEach(f -> byFile.computeIfAbsent(f.place().file(), _ -> new ArrayList<>()).add(f));
    XmlText xml = new XmlText(out, edge);
    xml.start("checkstyle").attribute("version", "4.3");
    byFile.forEach(
        (file, findings) -> {
          xml.start("file").attribute("name", file);
          for (Finding f : findings) {
            xml.start("error")
                .attribute("line", f.place().line())
                .attribute("column", f.place().column())
                .attribute("severity", f.severity().word())
                .attribute(
                    "message", Words.sentence(f.message()) + " " + Words.sentence(f.advice()))
                .attribute("source", "refloat." + f.rule())
                .end();
          }
          xml.end();
        });
    xml.end();
  }
}
