package dev.refloat.evidence;

/// What an address answered.
///
/// @param status of HTTP; 0 when there was no answer
/// @param why what came instead of an answer, or what the answer said of itself; may be empty
public record HttpAnswer(int status, String why) {

  /// An answer that never came.
  public static HttpAnswer none(String why) {
    return new HttpAnswer(0, why);
  }

  public boolean answered() {
    return status > 0;
  }
}
