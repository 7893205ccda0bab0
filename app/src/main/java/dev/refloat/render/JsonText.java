package dev.refloat.render;

import dev.refloat.model.Json;
import java.util.Iterator;

/// Writes JSON as kubectl does, indented by four spaces. Strings are masked at the [Edge]; what
/// would steer a terminal is escaped, so that data stays complete and printing it stays harmless.
public final class JsonText {
  private static final String STEP = "    ";

  private final DataText out;

  public JsonText(Appendable out, Edge edge, boolean asciiOnly) {
    this.out = new DataText(out, edge, asciiOnly);
  }

  /// A document and a line break.
  public void document(Json value) {
    write(value, "");
    put("\n");
  }

  /// A document with one long array as its last field, written item by item: a cluster's list is
  /// never in memory as a whole.
  public void document(Json.Obj head, String arrayField, Iterator<? extends Json> items) {
    put("{");
    head.forEach((key, value) -> field(key, value, STEP, ","));
    put("\n" + STEP);
    string(arrayField);
    put(": [");
    boolean any = false;
    while (items.hasNext()) {
      put(any ? ",\n" : "\n").put(STEP + STEP);
      write(items.next(), STEP + STEP);
      any = true;
    }
    put(any ? "\n" + STEP + "]\n}\n" : "]\n}\n");
  }

  private void field(String key, Json value, String indent, String end) {
    put("\n").put(indent);
    string(key);
    put(": ");
    write(value, indent);
    put(end);
  }

  private void write(Json value, String indent) {
    switch (value) {
      case Json.Obj o -> {
        if (o.size() == 0) {
          put("{}");
          return;
        }
        put("{");
        int[] left = {o.size()};
        o.forEach((k, v) -> field(k, v, indent + STEP, --left[0] > 0 ? "," : ""));
        put("\n").put(indent).put("}");
      }
      case Json.Arr(var items) -> {
        if (items.isEmpty()) {
          put("[]");
          return;
        }
        put("[");
        String separator = "\n";
        for (Json item : items) {
          put(separator).put(indent).put(STEP);
          write(item, indent + STEP);
          separator = ",\n";
        }
        put("\n").put(indent).put("]");
      }
      case Json.Str(var s) -> string(out.edge().masked(s));
      case Json.Num(var digits) -> put(digits);
      case Json.Bool b -> put(b == Json.Bool.TRUE ? "true" : "false");
      case Json.Null _, Json.Missing _ -> put("null");
    }
  }

  private void string(String text) {
    put(out.quoted(text, JsonText::escape));
  }

  /// JSON has UTF-16's surrogates.
  private static String escape(int c) {
    StringBuilder units = new StringBuilder();
    for (char unit : Character.toChars(c)) {
      units.append(DataText.unit(unit));
    }
    return units.toString();
  }

  private DataText put(CharSequence text) {
    return out.put(text);
  }
}
