package dev.refloat.cli;

/// Commands to try next, which look at the same cluster as this one.
///
/// @param program how the user calls this program
/// @param place the options that choose the cluster, each with a space behind it
record Hints(String program, String place) {

  static Hints of(Arguments arguments) {
    StringBuilder place = new StringBuilder();
    for (String option : new String[] {"--from", "--kubeconfig", "--context"}) {
      arguments
          .text(option)
          .ifPresent(v -> place.append(option).append(' ').append(quoted(v)).append(' '));
    }
    return new Hints(arguments.program(), place.toString());
  }

  /// As a shell needs it: paths have spaces.
  static String quoted(String word) {
    boolean plain =
        !word.isEmpty()
            && word.chars()
                .allMatch(c -> Character.isLetterOrDigit(c) || "_./:=@%+,~\\-".indexOf(c) >= 0);
    return plain ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  String diagnose(String release) {
    return program + " diagnose " + place + release;
  }

  String plan(String release) {
    return program + " plan " + place + release;
  }

  String recover(String rest) {
    return program + " recover " + place + rest;
  }

  String list() {
    return program + " get " + place + "-A";
  }

  String permissions() {
    return program + " permissions diagnose";
  }
}
