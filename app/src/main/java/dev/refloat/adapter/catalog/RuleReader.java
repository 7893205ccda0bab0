package dev.refloat.adapter.catalog;

import dev.refloat.model.Confidence;
import dev.refloat.model.Risk;
import dev.refloat.release.Stage;
import dev.refloat.rule.Move;
import dev.refloat.rule.MoveKind;
import dev.refloat.rule.Rule;
import dev.refloat.rule.Template;
import dev.refloat.rule.When;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Reads `rule.yaml` and `playbook.yaml` of one folder to a [Rule].
final class RuleReader {
  static final List<String> RULE_FIELDS =
      List.of(
          "id",
          "title",
          "stages",
          "depth",
          "refines",
          "symptom",
          "confidence",
          "when",
          "summary",
          "variants",
          "root");
  static final List<String> VARIANT_FIELDS =
      List.of("id", "when", "summary", "confidence", "depth");
  static final List<String> ROOT_FIELDS = List.of("api-version", "kind", "namespace", "name");
  static final List<String> REMEDY_FIELDS =
      List.of("id", "title", "risk", "because", "variants", "when", "commands", "steps");
  static final List<String> CONFIDENCES =
      Arrays.stream(Confidence.values()).map(Confidence::word).toList();
  static final List<String> RISKS = Arrays.stream(Risk.values()).map(Risk::word).toList();
  static final List<String> STAGES = Arrays.stream(Stage.values()).map(Stage::word).toList();

  /// The id of the last variant, which has no condition.
  static final String PLAIN = "plain";

  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final int MAX_DEPTH = 100;

  /// A brace and a word that make no name are a typing error in a sentence. Commands are not
  /// tested: they may hold JSON and Go templates.
  private static final Pattern BROKEN =
      Pattern.compile("\\{[a-zA-Z][a-zA-Z0-9.-]*[^}|a-zA-Z0-9.-]");

  private final Problems problems;
  private final Function<String, Optional<Rule>> base;

  /// @param base the rules that a rule of this catalog may refine
  RuleReader(Problems problems, Function<String, Optional<Rule>> base) {
    this.problems = problems;
    this.base = base;
  }

  /// The rule, or nothing when a problem was found.
  Optional<Rule> read(String folder, Located ruleFile, Optional<Located> playbook) {
    int before = problems.count();
    FieldReader f = new FieldReader(ruleFile, "a rule", problems, RULE_FIELDS);
    String id = id(f, "id");
    if (!id.isEmpty() && !id.equals(folder)) {
      problems.add(f.placeOf("id"), "the id is '" + id + "', but the folder is '" + folder + "'");
    }
    String title = f.text("title");
    if (title.endsWith(".") || title.contains("\n")) {
      problems.add(f.placeOf("title"), "a title is one line without a period at its end");
    }
    Optional<Rule> refined = refined(f);
    Set<Stage> stages = stages(f, refined);
    int depth = depth(f, refined);
    Confidence confidence =
        f.required("confidence").isEmpty()
            ? Confidence.POSSIBLE
            : f.word("confidence", RuleReader::confidence, CONFIDENCES).orElse(Confidence.POSSIBLE);
    Optional<When> when = f.required("when").flatMap(n -> new ConditionReader(problems).read(n));
    Set<String> names = Names.ofRelease();
    when.ifPresent(w -> names.addAll(Names.of(w)));
    Template summary = new Template(f.text("summary"));
    Map<String, Set<String>> namesOf = new LinkedHashMap<>();
    List<Rule.Variant> variants = variants(f, confidence, names, namesOf, when.isPresent());
    if (when.isPresent()) {
      check(summary, names, f.placeOf("summary"));
    }
    variants.add(new Rule.Variant(PLAIN, Optional.empty(), summary, confidence, Optional.empty()));
    namesOf.put(PLAIN, names);
    Optional<Rule.Root> root = root(f, namesOf, when.isPresent());
    List<Rule.RemedyTemplate> remedies =
        playbook.map(p -> remedies(p, namesOf, when.isPresent())).orElse(List.of());
    if (problems.count() != before || when.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Rule(
            id, title, f.flag("symptom"), stages, depth, when.get(), variants, root, remedies));
  }

  private Optional<Rule> refined(FieldReader f) {
    Optional<String> id = f.optionalText("refines");
    Optional<Rule> rule = id.flatMap(base);
    if (id.isPresent() && rule.isEmpty()) {
      problems.add(f.placeOf("refines"), "there is no failure class '" + id.get() + "' to refine");
    }
    return rule;
  }

  private Set<Stage> stages(FieldReader f, Optional<Rule> refined) {
    if (f.has("refines")) {
      if (f.has("stages")) {
        problems.add(f.placeOf("stages"), "the stages come from the refined failure class");
      }
      return refined.map(Rule::stages).orElse(Set.of());
    }
    f.required("stages");
    Set<Stage> stages = new LinkedHashSet<>(f.words("stages", Stage::of, STAGES));
    if (stages.isEmpty() && f.has("stages")) {
      problems.add(f.placeOf("stages"), "a rule without stages is never a cause");
    }
    return stages;
  }

  private int depth(FieldReader f, Optional<Rule> refined) {
    if (f.has("refines")) {
      if (f.has("depth")) {
        problems.add(
            f.placeOf("depth"), "the depth is one more than that of the refined failure class");
      }
      return refined.map(r -> Math.min(MAX_DEPTH, deepest(r) + 1)).orElse(0);
    }
    f.required("depth");
    return f.number("depth", 0, MAX_DEPTH).orElse(0);
  }

  private static int deepest(Rule rule) {
    return rule.variants().stream()
        .mapToInt(v -> v.depth().orElse(rule.depth()))
        .reduce(rule.depth(), Math::max);
  }

  private List<Rule.Variant> variants(
      FieldReader f,
      Confidence otherwise,
      Set<String> names,
      Map<String, Set<String>> namesOf,
      boolean checked) {
    List<Rule.Variant> out = new ArrayList<>();
    for (Located item : f.items("variants")) {
      FieldReader v = new FieldReader(item, "a variant", problems, VARIANT_FIELDS);
      String id = id(v, "id");
      Optional<When> when = v.required("when").flatMap(n -> new ConditionReader(problems).read(n));
      Set<String> mine = new LinkedHashSet<>(names);
      when.ifPresent(w -> mine.addAll(Names.of(w)));
      Template summary = new Template(v.text("summary"));
      if (checked && when.isPresent()) {
        check(summary, mine, v.placeOf("summary"));
      }
      if (id.equals(PLAIN) || namesOf.put(id, mine) != null) {
        problems.add(v.placeOf("id"), "there is another variant '" + id + "'");
      }
      out.add(
          new Rule.Variant(
              id,
              when,
              summary,
              v.word("confidence", RuleReader::confidence, CONFIDENCES).orElse(otherwise),
              v.number("depth", 0, MAX_DEPTH)));
    }
    return out;
  }

  private Optional<Rule.Root> root(
      FieldReader f, Map<String, Set<String>> namesOf, boolean checked) {
    return f.node("root")
        .map(
            node -> {
              FieldReader r = new FieldReader(node, "root", problems, ROOT_FIELDS);
              List<Template> t = new ArrayList<>();
              for (String key : ROOT_FIELDS) {
                Template template =
                    key.equals("namespace")
                        ? new Template(r.optionalText(key).orElse(""))
                        : new Template(r.text(key));
                if (checked) {
                  bound(template, namesOf, namesOf.keySet(), r.placeOf(key));
                }
                t.add(template);
              }
              return new Rule.Root(t.get(0), t.get(1), t.get(2), t.get(3));
            });
  }

  private List<Rule.RemedyTemplate> remedies(
      Located playbook, Map<String, Set<String>> namesOf, boolean checked) {
    FieldReader f = new FieldReader(playbook, "a playbook", problems, List.of("remedies"));
    f.required("remedies");
    List<Rule.RemedyTemplate> out = new ArrayList<>();
    Set<String> ids = new LinkedHashSet<>();
    for (Located item : f.items("remedies")) {
      FieldReader r = new FieldReader(item, "a remedy", problems, REMEDY_FIELDS);
      String id = id(r, "id");
      if (!ids.add(id)) {
        problems.add(r.placeOf("id"), "there is another remedy '" + id + "'");
      }
      Set<String> variants = new LinkedHashSet<>();
      r.texts("variants")
          .forEach(
              (v, node) -> {
                variants.add(v);
                if (!namesOf.containsKey(v)) {
                  problems.add(
                      node.place(),
                      "the rule has no variant '" + v + "'" + Meant.hint(v, namesOf.keySet()));
                }
              });
      Optional<When> when = r.node("when").flatMap(n -> new ConditionReader(problems).read(n));
      Map<String, Set<String>> all = new LinkedHashMap<>();
      namesOf.forEach(
          (variant, names) -> {
            Set<String> more = new LinkedHashSet<>(names);
            when.ifPresent(w -> more.addAll(Names.of(w)));
            all.put(variant, more);
          });
      Set<String> applicable = variants.isEmpty() ? namesOf.keySet() : variants;
      r.required("risk");
      Risk risk = r.word("risk", RuleReader::risk, RISKS).orElse(Risk.DESTRUCTIVE);
      Template title = template(r, "title", all, applicable, checked);
      Template because = template(r, "because", all, applicable, checked);
      List<Template> commands = new ArrayList<>();
      for (Located command : r.items("commands")) {
        if (command instanceof Located.Text t && !t.empty()) {
          Template c = new Template(t.text());
          if (checked) {
            bound(c, all, applicable, command.place());
          }
          commands.add(c);
        } else {
          problems.add(command.place(), "a command is a text");
        }
      }
      out.add(
          new Rule.RemedyTemplate(
              id,
              title,
              risk,
              because,
              commands,
              variants,
              when,
              moves(r, all, applicable, checked)));
    }
    if (out.isEmpty() && f.has("remedies")) {
      problems.add(f.placeOf("remedies"), "a playbook needs at least one remedy");
    }
    return out;
  }

  /// `steps:` of a remedy: each is a verb alone, or a verb with arguments.
  private List<Move> moves(
      FieldReader r, Map<String, Set<String>> namesOf, Set<String> variants, boolean checked) {
    List<Move> moves = new ArrayList<>();
    for (Located item : r.items("steps")) {
      String verb = "";
      Optional<Located> arguments = Optional.empty();
      if (item instanceof Located.Text t) {
        verb = t.text();
      } else if (item instanceof Located.Fields f && f.fields().size() == 1) {
        Map.Entry<String, Located.Field> only = f.fields().entrySet().iterator().next();
        verb = only.getKey();
        arguments = Optional.of(only.getValue().value());
      } else {
        problems.add(item.place(), "a step is a verb, or one verb with its arguments");
        continue;
      }
      Optional<MoveKind> kind = MoveKind.of(verb);
      if (kind.isEmpty()) {
        problems.add(
            item.place(), "there is no step '" + verb + "'" + Meant.hint(verb, MoveKind.words()));
        continue;
      }
      moves.add(
          new Move(kind.get(), arguments(item, arguments, kind.get(), namesOf, variants, checked)));
    }
    return moves;
  }

  private Map<String, String> arguments(
      Located item,
      Optional<Located> given,
      MoveKind kind,
      Map<String, Set<String>> namesOf,
      Set<String> variants,
      boolean checked) {
    List<String> known = new ArrayList<>(kind.required());
    known.addAll(kind.optional());
    Map<String, String> out = new LinkedHashMap<>();
    if (given.isPresent()) {
      FieldReader f = new FieldReader(given.get(), "step " + kind.word(), problems, known);
      for (String name : known) {
        f.optionalText(name)
            .ifPresent(
                text -> {
                  if (checked) {
                    bound(new Template(text), namesOf, variants, f.placeOf(name));
                  }
                  out.put(name, text);
                });
      }
    }
    for (String name : kind.required()) {
      if (!out.containsKey(name)) {
        problems.add(item.place(), "step " + kind.word() + " needs '" + name + "'");
      }
    }
    return out;
  }

  private Template template(
      FieldReader r,
      String key,
      Map<String, Set<String>> namesOf,
      Set<String> variants,
      boolean checked) {
    Template t = new Template(r.text(key));
    if (checked) {
      bound(t, namesOf, variants, r.placeOf(key));
      braces(t, r.placeOf(key));
    }
    return t;
  }

  private String id(FieldReader f, String key) {
    String id = f.text(key);
    if (!id.isEmpty() && !ID.matcher(id).matches()) {
      problems.add(f.placeOf(key), "'" + id + "' is not kebab-case");
    }
    return id;
  }

  /// A name must be bound wherever the template is used. Where only some variants bind it, it needs
  /// a fallback.
  private void bound(
      Template template, Map<String, Set<String>> namesOf, Set<String> variants, Place place) {
    Set<String> somewhere = new LinkedHashSet<>();
    variants.forEach(v -> somewhere.addAll(namesOf.getOrDefault(v, Set.of())));
    known(template, somewhere, place);
    for (String name : template.names()) {
      boolean everywhere =
          variants.stream().allMatch(v -> namesOf.getOrDefault(v, Set.of()).contains(name));
      if (somewhere.contains(name) && !everywhere && !template.text().contains("{" + name + "|")) {
        problems.add(
            place,
            "only some variants bind '" + name + "': give a fallback, as in {" + name + "|…}");
      }
    }
  }

  private void check(Template template, Set<String> known, Place place) {
    known(template, known, place);
    braces(template, place);
  }

  private void known(Template template, Set<String> known, Place place) {
    for (String name : template.names()) {
      if (!known.contains(name)) {
        problems.add(
            place, "nothing in the condition binds '" + name + "'" + Meant.hint(name, known));
      }
    }
  }

  private void braces(Template template, Place place) {
    java.util.regex.Matcher broken = BROKEN.matcher(template.text());
    if (broken.find()) {
      problems.add(place, "'" + broken.group() + "' looks like a name in braces, but is none");
    }
  }

  private static Optional<Confidence> confidence(String word) {
    return Arrays.stream(Confidence.values()).filter(c -> c.word().equals(word)).findFirst();
  }

  private static Optional<Risk> risk(String word) {
    return Arrays.stream(Risk.values()).filter(r -> r.word().equals(word)).findFirst();
  }
}
