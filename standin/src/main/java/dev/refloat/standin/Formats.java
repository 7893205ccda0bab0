package dev.refloat.standin;

import dev.refloat.model.Json;
import java.io.IOException;
import java.util.List;

/// JSON and YAML, as the program that starts the stand-in reads and writes them.
public interface Formats {

  /// Reads JSON.
  ///
  /// @throws IOException when the text is none
  Json json(String text) throws IOException;

  /// Writes JSON.
  String json(Json tree);

  /// Reads all documents of a YAML text.
  ///
  /// @throws IOException when the text is none
  List<Json> yaml(String text) throws IOException;
}
