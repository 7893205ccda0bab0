package dev.refloat.adapter.git;

import java.util.ArrayList;
import java.util.List;

/// A unified diff of two texts, as `git diff` shows it.
final class LineDiff {
  private static final int CONTEXT = 3;

  /// More lines than this in the changed middle are shown as one block.
  private static final int MOST = 2_000;

  private LineDiff() {}

  /// A line that stays, goes or comes.
  private record Line(char mark, String text) {}

  /// @param path relative to the root of the repository
  static String unified(String path, String before, String after) {
    List<Line> lines = lines(split(before), split(after));
    StringBuilder out = new StringBuilder();
    out.append("diff --git a/").append(path).append(" b/").append(path).append('\n');
    out.append("--- a/").append(path).append("\n+++ b/").append(path).append('\n');
    int oldLine = 1;
    int newLine = 1;
    int i = 0;
    while (i < lines.size()) {
      if (lines.get(i).mark == ' ') {
        oldLine++;
        newLine++;
        i++;
        continue;
      }
      int from = Math.max(0, i - CONTEXT);
      int to = i;
      for (int j = i; j < lines.size() && j <= to + 2 * CONTEXT; j++) {
        to = lines.get(j).mark == ' ' ? to : j;
      }
      int end = Math.min(lines.size(), to + 1 + CONTEXT);
      List<Line> hunk = lines.subList(from, end);
      int gone = (int) hunk.stream().filter(l -> l.mark != '+').count();
      int come = (int) hunk.stream().filter(l -> l.mark != '-').count();
      int lead = i - from;
      out.append("@@ -").append(range(oldLine - lead, gone));
      out.append(" +").append(range(newLine - lead, come)).append(" @@\n");
      for (Line l : hunk) {
        boolean ended = l.text.endsWith("\n");
        out.append(l.mark).append(l.text);
        out.append(ended ? "" : "\n\\ No newline at end of file\n");
      }
      oldLine += gone - lead;
      newLine += come - lead;
      i = end;
    }
    return out.toString();
  }

  private static String range(int line, int count) {
    int shown = count == 0 ? line - 1 : line;
    return count == 1 ? Integer.toString(shown) : shown + "," + count;
  }

  private static List<String> split(String text) {
    List<String> out = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('\n', at) + 1;
      end = end == 0 ? text.length() : end;
      out.add(text.substring(at, end));
      at = end;
    }
    return out;
  }

  private static List<Line> lines(List<String> a, List<String> b) {
    int head = 0;
    int least = Math.min(a.size(), b.size());
    while (head < least && a.get(head).equals(b.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < least - head && a.get(a.size() - 1 - tail).equals(b.get(b.size() - 1 - tail))) {
      tail++;
    }
    List<Line> out = new ArrayList<>();
    a.subList(0, head).forEach(l -> out.add(new Line(' ', l)));
    middle(a.subList(head, a.size() - tail), b.subList(head, b.size() - tail), out);
    a.subList(a.size() - tail, a.size()).forEach(l -> out.add(new Line(' ', l)));
    return out;
  }

  private static void middle(List<String> a, List<String> b, List<Line> out) {
    int n = a.size();
    int m = b.size();
    if (n > MOST || m > MOST) {
      a.forEach(l -> out.add(new Line('-', l)));
      b.forEach(l -> out.add(new Line('+', l)));
      return;
    }
    int[][] common = new int[n + 1][m + 1];
    for (int i = n - 1; i >= 0; i--) {
      for (int j = m - 1; j >= 0; j--) {
        common[i][j] =
            a.get(i).equals(b.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    while (i < n || j < m) {
      if (i < n && j < m && a.get(i).equals(b.get(j))) {
        out.add(new Line(' ', a.get(i)));
        i++;
        j++;
      } else if (i < n && (j == m || common[i + 1][j] >= common[i][j + 1])) {
        out.add(new Line('-', a.get(i++)));
      } else {
        out.add(new Line('+', b.get(j++)));
      }
    }
  }
}
