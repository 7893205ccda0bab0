package dev.refloat.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Runs many commands in one JVM, so that one AOT cache knows the classes of all
/// (docs/adr/0002-start-up-and-aot.md). Started when the distribution is put together, with a file
/// of one command line per line, words separated by tabs.
final class AotTraining {
  private AotTraining() {}

  public static void main(String[] args) throws IOException {
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      int code = Main.run(line.split("\t", -1));
      System.out.println("[exit " + code + "] " + line.replace('\t', ' '));
    }
  }
}
