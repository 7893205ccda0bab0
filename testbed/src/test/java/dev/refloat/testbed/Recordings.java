package dev.refloat.testbed;

import java.nio.file.Path;

/// The recorded failures, which the app's tests keep.
final class Recordings {
  private Recordings() {}

  static Path folder(String id) {
    return Path.of(System.getProperty("refloat.recordings", "../app/src/test/resources/recordings"))
        .resolve(id)
        .normalize();
  }

  static Recording of(String id) {
    return Recording.read(folder(id));
  }
}
