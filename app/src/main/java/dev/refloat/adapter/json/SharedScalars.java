package dev.refloat.adapter.json;

import dev.refloat.model.Json;
import org.jspecify.annotations.Nullable;

/// Hands out one and the same scalar for equal short texts. A fixed table where a newcomer takes
/// the
/// place of whoever sat there: it finds most repetitions, and hostile input cannot make it grow.
final class SharedScalars {
  private static final int SLOTS = 4096;

  /// Longer texts (messages, logs, data) rarely repeat.
  private static final int LONGEST = 80;

  private final @Nullable Json[] seen = new Json[SLOTS];

  Json text(char[] chars, int from, int length) {
    if (length > LONGEST) {
      return new Json.Str(new String(chars, from, length));
    }
    int slot = slot(chars, from, length);
    if (seen[slot] instanceof Json.Str(var known) && same(known, chars, from, length)) {
      Json shared = seen[slot];
      if (shared != null) {
        return shared;
      }
    }
    Json fresh = new Json.Str(new String(chars, from, length));
    seen[slot] = fresh;
    return fresh;
  }

  Json number(char[] chars, int from, int length) {
    int slot = slot(chars, from, length);
    if (seen[slot] instanceof Json.Num(var known) && same(known, chars, from, length)) {
      Json shared = seen[slot];
      if (shared != null) {
        return shared;
      }
    }
    Json fresh = new Json.Num(new String(chars, from, length));
    seen[slot] = fresh;
    return fresh;
  }

  private static int slot(char[] chars, int from, int length) {
    int h = length;
    for (int i = from, end = from + length; i < end; i++) {
      h = h * 31 + chars[i];
    }
    return (h ^ (h >>> 12) ^ (h >>> 24)) & (SLOTS - 1);
  }

  private static boolean same(String known, char[] chars, int from, int length) {
    if (known.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (known.charAt(i) != chars[from + i]) {
        return false;
      }
    }
    return true;
  }
}
