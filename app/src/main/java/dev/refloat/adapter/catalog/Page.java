package dev.refloat.adapter.catalog;

import java.util.ArrayList;
import java.util.List;

/// Checks a page, `README.md` of a folder: what `refloat explain` prints.
final class Page {
  /// The headings a page has, in this order.
  static final List<String> HEADINGS =
      List.of(
          "What you see",
          "Why it happens",
          "What Refloat looks at",
          "How to fix it",
          "How to prevent it");

  /// May follow at the end.
  static final String NEAR_MISSES = "Near misses";

  private Page() {}

  static void check(String id, String title, String markdown, String file, Problems problems) {
    String[] lines = markdown.split("\n", -1);
    String first = "# " + id + ": " + title;
    if (!lines[0].strip().equals(first)) {
      problems.add(new Place(file, 1, 1), "the first line must be '" + first + "'");
    }
    List<String> found = new ArrayList<>();
    List<Integer> at = new ArrayList<>();
    boolean code = false;
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      if (line.stripLeading().startsWith("```")) {
        code = !code;
      } else if (!code && line.startsWith("## ")) {
        found.add(line.substring(3).strip());
        at.add(i);
      }
      int todo = line.indexOf("TODO");
      if (todo >= 0) {
        problems.add(new Place(file, i + 1, todo + 1), "the page is not finished: TODO");
      }
    }
    if (code) {
      problems.add(new Place(file, lines.length, 1), "a code block does not end");
    }
    List<String> withNearMisses = new ArrayList<>(HEADINGS);
    withNearMisses.add(NEAR_MISSES);
    if (!found.equals(HEADINGS) && !found.equals(withNearMisses)) {
      problems.add(
          new Place(file, at.isEmpty() ? 1 : at.getFirst() + 1, 1),
          "the headings must be '## "
              + String.join("', '## ", HEADINGS)
              + "' (and '## "
              + NEAR_MISSES
              + "' at the end, if wanted), but are "
              + found);
    }
    for (int h = 0; h < at.size(); h++) {
      int end = h + 1 < at.size() ? at.get(h + 1) : lines.length;
      boolean empty = true;
      for (int i = at.get(h) + 1; i < end; i++) {
        empty &= lines[i].isBlank();
      }
      if (empty) {
        problems.add(
            new Place(file, at.get(h) + 1, 1), "nothing stands under '" + found.get(h) + "'");
      }
    }
  }
}
