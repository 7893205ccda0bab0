package dev.refloat.adapter.json;

import dev.refloat.model.Json;
import java.io.CharConversionException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// One pass over one input. Not for use by several threads.
final class TreeParser {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Limits.MAX_DEPTH)
                  .maxStringLength(Limits.MAX_TEXT)
                  .maxNumberLength(1000)
                  .maxNameLength(50_000)
                  .build())
          // The caller owns the stream: entries of an archive follow one another in it.
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .build();

  /// Jackson quotes unknown words of the input, which may be a password that lost its quotes.
  private static final Pattern QUOTED = Pattern.compile("'[^']{2,}'");

  /// A longer buffer is not kept for the next array, so that one giant does not cost forever.
  private static final int KEPT_BUFFER = 4096;

  private final String source;
  private final JsonParser in;
  private final Limits limits;
  private final SharedScalars scalars = new SharedScalars();
  private Json.@Nullable Builder[] builders = new Json.Builder[16];
  private Json[] @Nullable [] arrays = new Json[16][];
  private final Head head = new Head();
  private long nodes;

  private TreeParser(String source, JsonParser in, Limits limits) {
    this.source = source;
    this.in = in;
    this.limits = limits;
  }

  /// What to do with the parser.
  interface Use<T> {
    T with(TreeParser parser) throws IOException;
  }

  static <T> T over(String source, InputStream stream, Limits limits, Use<T> use)
      throws IOException {
    InputStream bounded = new Bounded(source, stream, limits.bytes());
    try (JsonParser in = FACTORY.createParser(ObjectReadContext.empty(), bounded)) {
      return use.with(new TreeParser(source, in, limits));
    } catch (JacksonException e) {
      if (e.getCause() instanceof CharConversionException) {
        // zeros among the first bytes look like UTF-16 or UTF-32
        throw new MalformedInput(source, "not valid text in UTF-8, nor in what it begins like");
      }
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      TokenStreamLocation at = e.getLocation();
      String problem =
          QUOTED.matcher(String.valueOf(e.getOriginalMessage())).replaceAll("'…'").strip();
      int newline = problem.indexOf('\n');
      throw new MalformedInput(
          source,
          at == null ? 0 : Math.max(0, at.getLineNr()),
          at == null ? 0 : Math.max(0, at.getColumnNr()),
          "not valid JSON: " + (newline < 0 ? problem : problem.substring(0, newline)));
    }
  }

  Json document(Pruning pruning) throws MalformedInput {
    JsonToken first = in.nextToken();
    if (first == null) {
      throw malformed("empty: JSON expected");
    }
    Json tree = value(first, pruning == Pruning.NOTHING ? null : pruning, 1);
    if (in.nextToken() != null) {
      throw malformed("more follows after the end of the JSON document");
    }
    return tree;
  }

  JsonTrees.ListHead list(Function<String, Pruning> pruning, JsonTrees.Items items)
      throws IOException {
    JsonToken t = in.nextToken();
    if (t == null) {
      throw malformed("empty: a Kubernetes object or list expected");
    }
    while (t != null) {
      switch (t) {
        case START_OBJECT -> root(pruning, items);
        case START_ARRAY -> eachItem(pruning, items);
        default -> throw malformed("a Kubernetes object or list expected");
      }
      t = in.nextToken();
    }
    return head.now();
  }

  /// The frame of a list, or an object by itself. What it is shows at the end: kubectl writes
  /// `items` before `kind`.
  private void root(Function<String, Pruning> pruning, JsonTrees.Items items) throws IOException {
    Json.Builder own = builder(0);
    boolean list = false;
    String kind = "";
    head.apiVersion = "";
    head.kind = "";
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      JsonToken t = in.nextToken();
      if (name.equals("items")
          && t == JsonToken.START_ARRAY
          && (kind.isEmpty() || kind.endsWith("List"))) {
        list = true;
        eachItem(pruning, items);
        continue;
      }
      Pruning below = kind.isEmpty() || list ? null : pruning.apply(kind).below(name);
      if (below != null && below.cut()) {
        in.skipChildren();
        continue;
      }
      Json value = value(t, below, 1);
      own.put(name, value);
      switch (name) {
        case "kind" -> {
          kind = value.text();
          head.kind = kind.endsWith("List") ? kind : "";
        }
        case "apiVersion" -> head.apiVersion = value.text();
        case "metadata" -> head.read(value);
        default -> {}
      }
    }
    if (!list
        && !(kind.endsWith("List") && own.build().get("metadata").get("name").text().isEmpty())) {
      head.kind = "";
      head.items++;
      items.accept((Json.Obj) pruning.apply(kind).apply(own.build()), head.now());
    }
  }

  private void eachItem(Function<String, Pruning> pruning, JsonTrees.Items items)
      throws IOException {
    for (JsonToken t = in.nextToken(); t != JsonToken.END_ARRAY; t = in.nextToken()) {
      if (t != JsonToken.START_OBJECT) {
        throw malformed("item " + (head.items + 1) + " of the list is not an object");
      }
      Json.Obj item = item(pruning, head.now().itemKind());
      head.items++;
      items.accept(item, head.now());
    }
  }

  private Json.Obj item(Function<String, Pruning> pruning, String impliedKind)
      throws MalformedInput {
    count();
    Json.Builder b = builder(1);
    Pruning active = pruning.apply(impliedKind);
    boolean late = false;
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      Pruning below = active.below(name);
      JsonToken t = in.nextToken();
      if (below != null && below.cut()) {
        in.skipChildren();
        continue;
      }
      Json value = value(t, below, 2);
      if (name.equals("kind")) {
        Pruning own = pruning.apply(value.text());
        // Fields before the kind were read without knowing what to skip.
        late = own != active && !b.isEmpty();
        active = own;
      }
      b.put(name, value);
    }
    Json.Obj item = b.build();
    return late ? (Json.Obj) active.apply(item) : item;
  }

  private Json value(@Nullable JsonToken t, @Nullable Pruning pruning, int depth)
      throws MalformedInput {
    count();
    if (t == null) {
      throw malformed("ends in the middle");
    }
    return switch (t) {
      case START_OBJECT -> object(pruning, depth);
      case START_ARRAY -> array(pruning, depth);
      case VALUE_STRING ->
          scalars.text(in.getStringCharacters(), in.getStringOffset(), in.getStringLength());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          scalars.number(in.getStringCharacters(), in.getStringOffset(), in.getStringLength());
      case VALUE_TRUE -> Json.Bool.TRUE;
      case VALUE_FALSE -> Json.Bool.FALSE;
      case VALUE_NULL -> Json.Null.NULL;
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
          throw malformed("a value expected");
    };
  }

  private Json.Obj object(@Nullable Pruning pruning, int depth) throws MalformedInput {
    Json.Builder b = builder(depth);
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      Pruning below = pruning == null ? null : pruning.below(name);
      JsonToken t = in.nextToken();
      if (below != null && below.cut()) {
        in.skipChildren();
        continue;
      }
      b.put(name, value(t, below, depth + 1));
    }
    return b.build();
  }

  private Json.Arr array(@Nullable Pruning pruning, int depth) throws MalformedInput {
    if (depth > limits.depth()) {
      throw tooDeep();
    }
    if (depth >= arrays.length) {
      arrays = Arrays.copyOf(arrays, depth * 2);
    }
    Json[] items = arrays[depth];
    if (items == null) {
      items = new Json[16];
    }
    int n = 0;
    for (JsonToken t = in.nextToken(); t != JsonToken.END_ARRAY; t = in.nextToken()) {
      if (n == items.length) {
        items = Arrays.copyOf(items, n * 2);
      }
      items[n++] = value(t, pruning, depth + 1);
    }
    if (n == 0) {
      return Json.emptyArray();
    }
    // List.of makes the one list that Json.Arr takes over without a copy of its own.
    Json.Arr array = new Json.Arr(List.of(Arrays.copyOf(items, n)));
    Arrays.fill(items, 0, n, null);
    arrays[depth] = items.length > KEPT_BUFFER ? null : items;
    return array;
  }

  private Json.Builder builder(int depth) throws MalformedInput {
    if (depth > limits.depth()) {
      throw tooDeep();
    }
    if (depth >= builders.length) {
      builders = Arrays.copyOf(builders, depth * 2);
    }
    Json.Builder b = builders[depth];
    if (b == null) {
      b = Json.builder();
      builders[depth] = b;
    }
    return b.clear();
  }

  private void count() throws MalformedInput {
    if (++nodes > limits.nodes()) {
      throw malformed("more than " + limits.nodes() + " values: refused as too large");
    }
  }

  private MalformedInput tooDeep() {
    return malformed("nested deeper than " + limits.depth() + " levels: refused");
  }

  private MalformedInput malformed(String problem) {
    TokenStreamLocation at = in.currentLocation();
    return new MalformedInput(
        source, Math.max(0, at.getLineNr()), Math.max(0, at.getColumnNr()), problem);
  }

  /// What is known of the list so far.
  private static final class Head {
    String apiVersion = "";
    String kind = "";
    String resourceVersion = "";
    String continueToken = "";
    OptionalLong remaining = OptionalLong.empty();
    long items;

    void read(Json metadata) {
      resourceVersion = metadata.get("resourceVersion").text();
      continueToken = metadata.get("continue").text();
      remaining = metadata.get("remainingItemCount").integer();
    }

    JsonTrees.ListHead now() {
      return new JsonTrees.ListHead(
          apiVersion, kind, resourceVersion, continueToken, remaining, items);
    }
  }

  /// Ends with an error instead of reading more bytes than allowed.
  private static final class Bounded extends FilterInputStream {
    private final String source;
    private final long limit;
    private long read;

    Bounded(String source, InputStream in, long limit) {
      super(in);
      this.source = source;
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      if (b >= 0) {
        count(1);
      }
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      if (n > 0) {
        count(n);
      }
      return n;
    }

    private void count(int n) throws MalformedInput {
      read += n;
      if (read > limit) {
        throw new MalformedInput(source, "longer than " + limit + " bytes: refused as too large");
      }
    }
  }
}
