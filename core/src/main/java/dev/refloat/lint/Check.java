package dev.refloat.lint;

/// One rule. Stateless, pure: the same scene gives the same findings.
public interface Check {
  RuleInfo info();

  /// Judges one cluster. What could not be judged is said by [Report#notChecked], never left out.
  void check(Scene scene, Report report);
}
