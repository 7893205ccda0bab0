package dev.refloat.cli;

import dev.refloat.diagnosis.Progress;
import java.io.PrintStream;

/// One line on standard error that says what is being waited for, when it takes long enough for
/// anybody to wonder. It is gone when the work is done.
final class ProgressLine implements Progress, AutoCloseable {
  private static final long PATIENCE_MILLIS = 300;
  private static final long STEP_MILLIS = 120;
  private static final String UNICODE = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
  private static final String ASCII = "|/-\\";

  private final PrintStream err;
  private final String frames;
  private final Thread painter;
  private volatile String text;

  private ProgressLine(PrintStream err, boolean unicode, String text) {
    this.err = err;
    this.frames = unicode ? UNICODE : ASCII;
    this.text = text;
    this.painter = Thread.ofPlatform().daemon().name("progress").unstarted(this::paint);
  }

  /// Starts waiting. Silent when standard error is not a terminal.
  static ProgressLine start(Session session, String text) {
    ProgressLine line =
        new ProgressLine(session.err(), session.terminal().unicode(), session.edge().line(text));
    if (session.terminal().errIsTerminal()) {
      line.painter.start();
    }
    return line;
  }

  @Override
  public void asking(int round, int inquiries) {
    if (round > 1) {
      text = "looking closer: " + inquiries + (inquiries == 1 ? " question" : " questions");
    }
  }

  private void paint() {
    try {
      Thread.sleep(PATIENCE_MILLIS);
      for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
        err.print("\r\u001b[K" + frames.charAt(i % frames.length()) + " " + text);
        err.flush();
        Thread.sleep(STEP_MILLIS);
      }
    } catch (InterruptedException e) {
      // The work is done.
    }
  }

  @Override
  public void close() {
    if (!painter.isAlive()) {
      return;
    }
    painter.interrupt();
    try {
      painter.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    err.print("\r\u001b[K");
    err.flush();
  }
}
