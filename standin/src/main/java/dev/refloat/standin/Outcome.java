package dev.refloat.standin;

import java.time.Duration;

/// How one pass over an object ended, and when the next is due.
sealed interface Outcome {
  /// Whether the status now answers the newest spec.
  boolean observed();

  /// Done; look again after the interval, or only when something changes if that is zero.
  record Done(Duration next) implements Outcome {
    @Override
    public boolean observed() {
      return true;
    }
  }

  /// It waits for something else.
  record Waiting(Duration next) implements Outcome {
    @Override
    public boolean observed() {
      return false;
    }
  }

  /// It failed, or goes on in another pass: again soon, later each time.
  record Again(String why) implements Outcome {
    @Override
    public boolean observed() {
      return false;
    }
  }

  /// Nothing but a change can help.
  record Terminal(String why) implements Outcome {
    @Override
    public boolean observed() {
      return true;
    }
  }
}
