package dev.refloat.lint;

import java.util.List;

/// A pattern of paths as `.gitignore` and CI systems write them: `*` and `?` stay within a folder's
/// name, `**` stands for any number of folders. A pattern that names a folder takes everything
/// below it.
///
/// @param text as written, relative to the root of the repository, with `/`
public record PathPattern(String text) {

  /// Work grows with the lengths of pattern and path, never with their powers.
  public boolean matches(String path) {
    List<String> pattern = segments(text);
    List<String> wanted = segments(path);
    int p = 0;
    int w = 0;
    int star = -1;
    int from = 0;
    while (w < wanted.size() && p < pattern.size()) {
      if (pattern.get(p).equals("**")) {
        star = p++;
        from = w;
      } else if (segment(pattern.get(p), wanted.get(w))) {
        p++;
        w++;
      } else if (star >= 0) {
        p = star + 1;
        w = ++from;
      } else {
        return false;
      }
    }
    // what is left of the path is below what the pattern names
    while (p < pattern.size() && pattern.get(p).equals("**")) {
      p++;
    }
    return p == pattern.size() && !pattern.isEmpty();
  }

  private static List<String> segments(String path) {
    String plain = path.startsWith("./") ? path.substring(2) : path;
    return List.of(plain.split("/", -1)).stream().filter(s -> !s.isEmpty()).toList();
  }

  private static boolean segment(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int from = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        from = t;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++from;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
