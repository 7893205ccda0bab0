package dev.refloat.adapter.json;

import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.function.Function;

/// Reads JSON text into trees, in one pass over the bytes. Keys and short texts that repeat are
/// shared between all objects of a document: a cluster's lists consist of little else.
///
/// Every method reads its stream to the end of the JSON and leaves it open.
public final class JsonTrees {

  private JsonTrees() {}

  /// One document.
  ///
  /// @param source names the input in errors
  /// @throws MalformedInput when it is no JSON, more than one document, or beyond the limits
  public static Json read(String source, InputStream in, Limits limits) throws IOException {
    return read(source, in, limits, Pruning.NOTHING);
  }

  /// One document, without the pruned fields.
  public static Json read(String source, InputStream in, Limits limits, Pruning pruning)
      throws IOException {
    return TreeParser.over(source, in, limits, p -> p.document(pruning));
  }

  /// One document that is at hand as text.
  public static Json read(String source, String text) throws MalformedInput {
    try {
      return read(
          source, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), Limits.DOCUMENT);
    } catch (MalformedInput e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  /// Takes the objects of a list one by one.
  @FunctionalInterface
  public interface Items {
    /// Takes the next object.
    ///
    /// @param item one object, already pruned
    /// @param head what was known of the list when the item ended: items of a typed list
    ///     (`PodList`)
    ///     carry no kind of their own
    void accept(Json.Obj item, ListHead head) throws IOException;
  }

  /// The frame of a Kubernetes list.
  ///
  /// @param apiVersion of the list; empty as long as it was not read
  /// @param kind of the list, such as `List` or `PodList`; empty as long as it was not read
  /// @param resourceVersion of the whole list
  /// @param continueToken names the next page; empty on the last
  /// @param remaining how many items follow on further pages, when the server says so
  /// @param items how many items were read so far
  public record ListHead(
      String apiVersion,
      String kind,
      String resourceVersion,
      String continueToken,
      OptionalLong remaining,
      long items) {

    /// The kind of items that do not say it themselves: `Pod` in a `PodList`; empty in a `List`.
    public String itemKind() {
      return kind.length() > 4 && kind.endsWith("List") ? kind.substring(0, kind.length() - 4) : "";
    }
  }

  /// A Kubernetes list, whose items are handed out one by one and never held together. A stream of
  /// several documents, a single object that is no list, and a bare array of objects are read like
  /// a list.
  ///
  /// @param pruning what to skip in an item of a kind; asked with an empty kind when an item does
  ///     not say its kind first
  /// @return the frame of the list, complete
  /// @throws MalformedInput when it is no JSON, holds something else than objects, or is beyond the
  ///     limits; items before the fault have been handed out by then
  public static ListHead readList(
      String source, InputStream in, Limits limits, Function<String, Pruning> pruning, Items items)
      throws IOException {
    return TreeParser.over(source, in, limits, p -> p.list(pruning, items));
  }
}
