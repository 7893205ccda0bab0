package dev.refloat.adapter.yaml;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads YAML text into trees. Scalars mean what Kubernetes and Helm take them for (both read YAML
/// with go-yaml 2): `yes` and `on` are booleans, `0644` is octal, dates are texts.
public final class YamlTrees {

  /// What to do about a key that a mapping has twice.
  public enum Duplicates {
    /// A fault, reported with both lines: for files that a person writes for Refloat.
    REFUSED,
    /// As Kubernetes and Helm do: for files that were not written for Refloat.
    LAST_WINS
  }

  /// Takes the documents of a stream one by one.
  @FunctionalInterface
  public interface Documents {
    /// Takes the next document.
    void accept(YamlNode document) throws IOException;
  }

  private YamlTrees() {}

  /// The documents of a stream, each handed out before the next is built. Empty documents, as
  /// templates leave them, are passed over.
  ///
  /// @param source names the input in errors
  /// @throws MalformedInput when it is no YAML or beyond the limits; documents before the fault
  /// have
  ///     been handed out by then
  public static void each(
      String source, InputStream in, Limits limits, Duplicates duplicates, Documents documents)
      throws IOException {
    Composer composer = new Composer(source, text(source, in, limits), limits, duplicates);
    for (YamlNode d = composer.next(); d != null; d = composer.next()) {
      documents.accept(d);
    }
  }

  /// All documents of a stream, with the places of their nodes.
  public static List<YamlNode> nodes(
      String source, InputStream in, Limits limits, Duplicates duplicates) throws IOException {
    List<YamlNode> all = new ArrayList<>();
    each(source, in, limits, duplicates, all::add);
    return all;
  }

  /// All documents of a stream that was not written for Refloat.
  public static List<Json> read(String source, InputStream in, Limits limits) throws IOException {
    List<Json> all = new ArrayList<>();
    each(source, in, limits, Duplicates.LAST_WINS, d -> all.add(d.json()));
    return all;
  }

  /// All documents of a text that was not written for Refloat.
  public static List<Json> read(String source, String text) throws MalformedInput {
    try {
      return read(
          source, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), Limits.DOCUMENT);
    } catch (MalformedInput e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  private static String text(String source, InputStream in, Limits limits) throws IOException {
    int most = (int) Math.min(limits.bytes(), Integer.MAX_VALUE - 16);
    byte[] bytes = in.readNBytes(most);
    if (bytes.length == most && in.read() >= 0) {
      throw new MalformedInput(
          source, "longer than " + limits.bytes() + " bytes: refused as too large");
    }
    CharsetDecoder utf8 =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      String text = utf8.decode(buffer).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      int line = 1;
      int column = 1;
      for (int i = 0; i < buffer.position(); i++) {
        column++;
        if (bytes[i] == '\n') {
          line++;
          column = 1;
        }
      }
      throw new MalformedInput(source, line, column, "not valid UTF-8");
    }
  }
}
