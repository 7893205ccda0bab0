package dev.refloat.plan;

/// What the evidence says of a guard or of an expectation.
public sealed interface Judgement {

  /// It is so.
  record Holds() implements Judgement {}

  /// It is not so yet, and may become so by waiting.
  record NotYet(String why) implements Judgement {}

  /// It is not so, and waiting will not change that.
  record Fails(String why) implements Judgement {}

  Judgement HOLDS = new Holds();

  static Judgement notYet(String why) {
    return new NotYet(why);
  }

  static Judgement fails(String why) {
    return new Fails(why);
  }
}
