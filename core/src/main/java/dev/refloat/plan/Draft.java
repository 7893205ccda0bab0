package dev.refloat.plan;

import java.util.List;

/// Steps towards one goal, or why there are none.
public sealed interface Draft {

  record Steps(List<Step> steps) implements Draft {
    public Steps {
      steps = List.copyOf(steps);
    }
  }

  /// There are none.
  ///
  /// @param next what a person can do instead
  record Refused(String why, String next) implements Draft {}

  static Draft of(Step... steps) {
    return new Steps(List.of(steps));
  }

  static Draft refused(String why, String next) {
    return new Refused(why, next);
  }
}
