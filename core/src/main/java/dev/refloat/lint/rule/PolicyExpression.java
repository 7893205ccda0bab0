package dev.refloat.lint.rule;

import dev.refloat.model.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// The part of the Common Expression Language that admission policies are mostly written in:
/// fields, `has`, `in`, comparisons, `&&`, `||`, `!`, `? :`, `+` of texts, `size`, `startsWith`,
/// `endsWith`, `contains`, `matches`, and the macros `all`, `exists`, `exists_one`, `filter` and
/// `map`. Everything else is [Unclear], never guessed.
final class PolicyExpression {
  private static final int LONGEST = 4000;
  private static final int DEEPEST = 60;
  private static final int MOST_STEPS = 50_000;
  private static final int LONGEST_PATTERN = 200;
  private static final List<String> SEPARATORS = List.of("&&", "||", ",", "?", ":");
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*+(?:([A-Za-z_]\\w*+)|([0-9]++(?:\\.[0-9]++)?)|'((?:[^'\\\\]|\\\\.)*+)'"
              + "|\"((?:[^\"\\\\]|\\\\.)*+)\"|(&&|\\|\\||==|!=|<=|>=|[-!<>+.,()\\[\\]?:]))");

  /// What this cannot evaluate, or what only a cluster knows.
  static final class Unclear extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    Unclear(String message) {
      super(message, null, false, false);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  /// An evaluation that fails, as it would in the API server: a key that is not there.
  private static final class Fault extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    Fault() {
      super("a field that is not there", null, false, false);
    }
  }

  /// What came of it.
  enum Verdict {
    TRUE,
    FALSE,
    /// The failure policy decides.
    FAULT
  }

  private record Token(String kind, String text) {
    boolean is(String operator) {
      return kind.equals("op") && text.equals(operator);
    }
  }

  private final List<Token> tokens;
  private final Map<String, Json> variables;
  private int at;
  private int depth;
  private int steps;

  private PolicyExpression(List<Token> tokens, Map<String, Json> variables) {
    this.tokens = tokens;
    this.variables = new HashMap<>(variables);
  }

  /// @param variables what the expression may name: `object`, `namespaceObject`
  static Verdict judge(String expression, Map<String, Json> variables) throws Unclear {
    PolicyExpression e = new PolicyExpression(tokens(expression), variables);
    try {
      Json value = e.conditional();
      if (e.at < e.tokens.size()) {
        throw new Unclear("it has something that is not understood");
      }
      if (!(value instanceof Json.Bool b)) {
        throw new Unclear("it is neither true nor false");
      }
      return b == Json.Bool.TRUE ? Verdict.TRUE : Verdict.FALSE;
    } catch (Fault f) {
      return Verdict.FAULT;
    }
  }

  private static List<Token> tokens(String text) throws Unclear {
    if (text.length() > LONGEST) {
      throw new Unclear("it is too long");
    }
    List<Token> out = new ArrayList<>();
    Matcher m = TOKEN.matcher(text);
    int at = 0;
    String rest = text.stripTrailing();
    while (at < rest.length()) {
      if (!m.region(at, rest.length()).lookingAt()) {
        throw new Unclear("it has something that is not understood");
      }
      if (m.group(1) != null) {
        out.add(new Token("name", m.group(1)));
      } else if (m.group(2) != null) {
        out.add(new Token("number", m.group(2)));
      } else if (m.group(5) != null) {
        out.add(new Token("op", m.group(5)));
      } else {
        String quoted = m.group(3) != null ? m.group(3) : m.group(4);
        out.add(new Token("text", quoted.replaceAll("\\\\(.)", "$1")));
      }
      at = m.end();
    }
    return out;
  }

  private boolean take(String operator) {
    if (at < tokens.size() && tokens.get(at).is(operator)) {
      at++;
      return true;
    }
    return false;
  }

  private void must(String operator) throws Unclear {
    if (!take(operator)) {
      throw new Unclear("a `" + operator + "` is expected in it");
    }
  }

  private void step() throws Unclear {
    if (++steps > MOST_STEPS) {
      throw new Unclear("it takes too long");
    }
  }

  private Json conditional() throws Unclear, Fault {
    if (++depth > DEEPEST) {
      throw new Unclear("it is nested too deeply");
    }
    step();
    Json condition = or();
    if (take("?")) {
      Json yes = attempt(this::conditional);
      must(":");
      Json no = attempt(this::conditional);
      condition = known(bool(condition) ? yes : no);
    }
    depth--;
    return condition;
  }

  @FunctionalInterface
  private interface Part {
    Json get() throws Unclear, Fault;
  }

  /// What a part that may fail gives; missing when it fails, as what fails may be of no account.
  private Json attempt(Part part) throws Unclear {
    int before = depth;
    try {
      return part.get();
    } catch (Fault f) {
      depth = before;
      skip();
      return Json.Missing.MISSING;
    }
  }

  /// After a fault in the middle of a part: to the end of the part.
  private void skip() {
    int open = 0;
    while (at < tokens.size()) {
      Token t = tokens.get(at);
      if (t.is("(") || t.is("[")) {
        open++;
      } else if (t.is(")") || t.is("]")) {
        if (open-- == 0) {
          return;
        }
      } else if (open == 0 && SEPARATORS.contains(t.text()) && t.kind().equals("op")) {
        return;
      }
      at++;
    }
  }

  private static Json known(Json value) throws Fault {
    if (value instanceof Json.Missing) {
      throw new Fault();
    }
    return value;
  }

  private static boolean bool(Json value) throws Unclear, Fault {
    if (known(value) instanceof Json.Bool b) {
      return b == Json.Bool.TRUE;
    }
    throw new Unclear("it is neither true nor false");
  }

  private Json or() throws Unclear, Fault {
    Json left = attempt(this::and);
    while (take("||")) {
      Json right = attempt(this::and);
      if (left == Json.Bool.TRUE || right == Json.Bool.TRUE) {
        left = Json.Bool.TRUE;
      } else {
        left = left instanceof Json.Missing ? left : right;
      }
    }
    return known(left);
  }

  private Json and() throws Unclear, Fault {
    Json left = attempt(this::relation);
    while (take("&&")) {
      Json right = attempt(this::relation);
      if (left == Json.Bool.FALSE || right == Json.Bool.FALSE) {
        left = Json.Bool.FALSE;
      } else {
        left = left instanceof Json.Missing ? left : right;
      }
    }
    return known(left);
  }

  private Json relation() throws Unclear, Fault {
    Json left = sum();
    for (String op : List.of("==", "!=", "<=", ">=", "<", ">")) {
      if (take(op)) {
        return compare(op, left, sum());
      }
    }
    if (at < tokens.size() && tokens.get(at).equals(new Token("name", "in"))) {
      at++;
      Json where = sum();
      return switch (where) {
        case Json.Obj o -> Json.of(o.keys().contains(left.text()));
        case Json.Arr(var items) -> Json.of(items.contains(left));
        case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ ->
            throw new Unclear("`in` of what is neither a list nor a map");
      };
    }
    return left;
  }

  private static Json compare(String op, Json a, Json b) throws Unclear {
    if (op.equals("==")) {
      return Json.of(same(a, b));
    }
    if (op.equals("!=")) {
      return Json.of(!same(a, b));
    }
    int order;
    if (a instanceof Json.Num(var x) && b instanceof Json.Num(var y)) {
      order = new BigDecimal(x).compareTo(new BigDecimal(y));
    } else if (a instanceof Json.Str(var x) && b instanceof Json.Str(var y)) {
      order = x.compareTo(y);
    } else {
      throw new Unclear("it compares what has no order");
    }
    return Json.of(
        switch (op) {
          case "<" -> order < 0;
          case "<=" -> order <= 0;
          case ">" -> order > 0;
          default -> order >= 0;
        });
  }

  private static boolean same(Json a, Json b) {
    if (a instanceof Json.Num(var x) && b instanceof Json.Num(var y)) {
      return new BigDecimal(x).compareTo(new BigDecimal(y)) == 0;
    }
    return a.equals(b);
  }

  private Json sum() throws Unclear, Fault {
    Json left = unary();
    while (take("+")) {
      Json right = unary();
      if (!(left instanceof Json.Str(var a)) || !(right instanceof Json.Str(var b))) {
        throw new Unclear("it adds what is no text");
      }
      left = new Json.Str(a + b);
    }
    return left;
  }

  private Json unary() throws Unclear, Fault {
    if (take("!")) {
      return Json.of(!bool(unary()));
    }
    return member(primary());
  }

  private Json primary() throws Unclear, Fault {
    if (take("(")) {
      Json inner = conditional();
      must(")");
      return inner;
    }
    if (take("[")) {
      List<Json> items = new ArrayList<>();
      while (!take("]")) {
        items.add(conditional());
        if (!take(",") && !(at < tokens.size() && tokens.get(at).is("]"))) {
          throw new Unclear("a list in it has no end");
        }
      }
      return new Json.Arr(items);
    }
    if (at >= tokens.size()) {
      throw new Unclear("it breaks off");
    }
    Token t = tokens.get(at++);
    return switch (t.kind()) {
      case "text" -> new Json.Str(t.text());
      case "number" -> new Json.Num(t.text());
      case "name" -> name(t.text());
      default -> throw new Unclear("it has something that is not understood");
    };
  }

  private Json name(String name) throws Unclear, Fault {
    switch (name) {
      case "true" -> {
        return Json.Bool.TRUE;
      }
      case "false" -> {
        return Json.Bool.FALSE;
      }
      case "null" -> {
        return Json.Null.NULL;
      }
      default -> {}
    }
    if (take("(")) {
      return switch (name) {
        case "has" -> has();
        case "size" -> {
          Json value = conditional();
          must(")");
          yield size(value);
        }
        default -> throw new Unclear("the function " + name + " is not known here");
      };
    }
    Json value = variables.get(name);
    if (value == null) {
      throw new Unclear(name + " is only known in the cluster");
    }
    return value;
  }

  private Json has() throws Unclear {
    Json value = attempt(this::conditional);
    must(")");
    return Json.of(!(value instanceof Json.Missing));
  }

  private static Json size(Json value) throws Unclear {
    return switch (value) {
      case Json.Arr(var items) -> Json.Num.of(items.size());
      case Json.Obj o -> Json.Num.of(o.size());
      case Json.Str(var s) -> Json.Num.of(s.codePointCount(0, s.length()));
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ ->
          throw new Unclear("the size of what has none");
    };
  }

  private Json member(Json start) throws Unclear, Fault {
    Json here = start;
    while (true) {
      step();
      if (take("[")) {
        Json key = conditional();
        must("]");
        here = known(element(here, key));
      } else if (take(".")) {
        if (at >= tokens.size() || !tokens.get(at).kind().equals("name")) {
          throw new Unclear("a field is expected in it");
        }
        String name = tokens.get(at++).text();
        here = take("(") ? method(here, name) : known(here.get(name));
      } else {
        return here;
      }
    }
  }

  private static Json element(Json here, Json key) throws Unclear {
    if (here instanceof Json.Arr(var items) && key instanceof Json.Num) {
      long i = key.integer(-1);
      return i >= 0 && i < items.size() ? items.get((int) i) : Json.Missing.MISSING;
    }
    if (here instanceof Json.Obj o && key instanceof Json.Str(var name)) {
      return o.get(name);
    }
    throw new Unclear("an index of what has none");
  }

  private Json method(Json here, String name) throws Unclear, Fault {
    switch (name) {
      case "all", "exists", "exists_one", "filter", "map" -> {
        return macro(here, name);
      }
      case "size" -> {
        must(")");
        return size(here);
      }
      default -> {}
    }
    Json argument = conditional();
    must(")");
    if (!(here instanceof Json.Str(var text)) || !(argument instanceof Json.Str(var other))) {
      throw new Unclear("the function " + name + " is not known here");
    }
    return switch (name) {
      case "startsWith" -> Json.of(text.startsWith(other));
      case "endsWith" -> Json.of(text.endsWith(other));
      case "contains" -> Json.of(text.contains(other));
      case "matches" -> matches(text, other);
      default -> throw new Unclear("the function " + name + " is not known here");
    };
  }

  /// RE2 does not backtrack and Java does: long patterns and texts are left alone.
  private static Json matches(String text, String pattern) throws Unclear {
    if (pattern.length() > LONGEST_PATTERN
        || text.length() > LONGEST_PATTERN
        || pattern.matches(".*[+*}]\\)[+*{].*")) {
      throw new Unclear("its pattern is too costly");
    }
    try {
      return Json.of(Pattern.compile(pattern).matcher(text).find());
    } catch (PatternSyntaxException e) {
      throw new Unclear("its pattern is not understood");
    }
  }

  private Json macro(Json here, String name) throws Unclear, Fault {
    if (at >= tokens.size() || !tokens.get(at).kind().equals("name")) {
      throw new Unclear("a name is expected in it");
    }
    String item = tokens.get(at++).text();
    must(",");
    int body = at;
    List<Json> items =
        switch (here) {
          case Json.Arr(var list) -> list;
          case Json.Obj o -> o.keys().stream().<Json>map(Json.Str::new).toList();
          case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ ->
              throw new Unclear(name + " of what is no list");
        };
    @Nullable Json outer = variables.get(item);
    List<Json> results = new ArrayList<>();
    for (Json i : items) {
      at = body;
      variables.put(item, i);
      results.add(attempt(this::conditional));
    }
    if (items.isEmpty()) {
      skipBody();
    }
    if (outer == null) {
      variables.remove(item);
    } else {
      variables.put(item, outer);
    }
    must(")");
    return result(name, items, results);
  }

  private void skipBody() {
    int open = 0;
    while (at < tokens.size()) {
      Token t = tokens.get(at);
      if (t.is("(")) {
        open++;
      } else if (t.is(")")) {
        if (open == 0) {
          return;
        }
        open--;
      }
      at++;
    }
  }

  private static Json result(String name, List<Json> items, List<Json> results)
      throws Unclear, Fault {
    boolean fault = results.stream().anyMatch(r -> r instanceof Json.Missing);
    long yes = results.stream().filter(r -> r == Json.Bool.TRUE).count();
    switch (name) {
      case "all" -> {
        if (results.stream().anyMatch(r -> r == Json.Bool.FALSE)) {
          return Json.Bool.FALSE;
        }
      }
      case "exists" -> {
        if (yes > 0) {
          return Json.Bool.TRUE;
        }
      }
      default -> {}
    }
    if (fault) {
      throw new Fault();
    }
    return switch (name) {
      case "all" -> Json.Bool.TRUE;
      case "exists" -> Json.Bool.FALSE;
      case "exists_one" -> Json.of(yes == 1);
      case "map" -> new Json.Arr(results);
      default -> {
        List<Json> kept = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
          if (results.get(i) == Json.Bool.TRUE) {
            kept.add(items.get(i));
          }
        }
        yield new Json.Arr(kept);
      }
    };
  }
}
