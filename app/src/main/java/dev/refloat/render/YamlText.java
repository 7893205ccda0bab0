package dev.refloat.render;

import dev.refloat.model.Json;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Writes the same tree as [JsonText] as block-style YAML 1.1 and 1.2. A string that any YAML
/// reader
/// could take for something else is quoted; what would steer a terminal is escaped.
public final class YamlText {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_/][A-Za-z0-9_./@=+()-]*");
  private static final Pattern PLAIN_SENTENCE =
      Pattern.compile("[A-Za-z_/][A-Za-z0-9_./@=+();<>'-]*(?: [A-Za-z0-9_./@=+();<>'-]+)*");

  /// Words that YAML 1.1 readers take for booleans or null.
  private static final Set<String> WORDS =
      Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

  private final DataText out;

  public YamlText(Appendable out, Edge edge, boolean asciiOnly) {
    this.out = new DataText(out, edge, asciiOnly);
  }

  public void document(Json.Obj value) {
    if (value.size() == 0) {
      put("{}\n");
    }
    fields(value, "", "");
  }

  /// A document with one long array as its last field, written item by item.
  public void document(Json.Obj head, String arrayField, Iterator<? extends Json> items) {
    fields(head, "", "");
    put(arrayField).put(":").put(items.hasNext() ? "\n" : " []\n");
    while (items.hasNext()) {
      item(items.next(), "");
    }
  }

  private void fields(Json.Obj o, String indent, String firstIndent) {
    String[] prefix = {firstIndent};
    o.forEach(
        (key, value) -> {
          put(prefix[0]).put(scalar(key)).put(":");
          prefix[0] = indent;
          below(value, indent);
        });
  }

  private void below(Json value, String indent) {
    switch (value) {
      case Json.Obj o when o.size() > 0 -> {
        put("\n");
        fields(o, indent + "  ", indent + "  ");
      }
      case Json.Arr(var items) when !items.isEmpty() -> {
        put("\n");
        items.forEach(i -> item(i, indent));
      }
      case Json.Obj _,
          Json.Arr _,
          Json.Str _,
          Json.Num _,
          Json.Bool _,
          Json.Null _,
          Json.Missing _ ->
          put(" ").put(flat(value)).put("\n");
    }
  }

  private void item(Json value, String indent) {
    switch (value) {
      case Json.Obj o when o.size() > 0 -> fields(o, indent + "  ", indent + "- ");
      case Json.Arr(var items) when !items.isEmpty() -> {
        put(indent).put("-\n");
        items.forEach(i -> item(i, indent + "  "));
      }
      case Json.Obj _,
          Json.Arr _,
          Json.Str _,
          Json.Num _,
          Json.Bool _,
          Json.Null _,
          Json.Missing _ ->
          put(indent).put("- ").put(flat(value)).put("\n");
    }
  }

  private String flat(Json value) {
    return switch (value) {
      case Json.Obj _ -> "{}";
      case Json.Arr _ -> "[]";
      case Json.Str(var s) -> scalar(out.edge().masked(s));
      case Json.Num(var digits) -> digits;
      case Json.Bool b -> b == Json.Bool.TRUE ? "true" : "false";
      case Json.Null _, Json.Missing _ -> "null";
    };
  }

  private String scalar(String text) {
    boolean plain = PLAIN.matcher(text).matches() || PLAIN_SENTENCE.matcher(text).matches();
    if (plain && !WORDS.contains(text.toLowerCase(Locale.ROOT))) {
      return text;
    }
    return out.quoted(text, YamlText::escape);
  }

  private static String escape(int c) {
    return c <= 0xffff ? DataText.unit(c) : "\\U" + DataText.digits(c, 8);
  }

  private DataText put(CharSequence text) {
    return out.put(text);
  }
}
