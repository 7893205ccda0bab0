package dev.refloat.diagnosis;

/// Told what is going on during an investigation, so that a door can show it. Never prints by
/// itself.
public interface Progress {

  /// A round of inquiries starts.
  ///
  /// @param round from 1
  /// @param inquiries how many things are asked in this round
  void asking(int round, int inquiries);

  /// Nothing wants to know.
  static Progress silent() {
    return (_, _) -> {};
  }
}
