package dev.refloat.adapter.archive;

import dev.refloat.adapter.json.MalformedInput;

/// Names of entries, which may be hostile.
public final class EntryNames {
  private EntryNames() {}

  /// The name of an entry with slashes, or an error when it points out of the archive.
  ///
  /// @param archive names it in errors
  public static String checked(String archive, String name) throws MalformedInput {
    String plain = name.replace('\\', '/');
    boolean drive = plain.length() > 1 && plain.charAt(1) == ':';
    if (plain.startsWith("/") || drive || plain.indexOf('\0') >= 0) {
      throw new MalformedInput(archive, "entry " + shown(name) + " has an absolute path: refused");
    }
    for (String part : plain.split("/", -1)) {
      if (part.equals("..")) {
        throw new MalformedInput(
            archive, "entry " + shown(name) + " leads out of the archive: refused");
      }
    }
    while (plain.startsWith("./")) {
      plain = plain.substring(2);
    }
    return plain;
  }

  /// A hostile name, safe to print.
  public static String shown(String name) {
    StringBuilder out = new StringBuilder();
    name.codePoints()
        .limit(200)
        .forEach(c -> out.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return out.toString();
  }
}
