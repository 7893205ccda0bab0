package dev.refloat.adapter.kubernetes;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Errors in short plain words: what a tired person can act on, without class names, and without
/// anything that a server could use to drive the terminal.
final class Words {
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+");
  private static final int MAX = 300;
  private static final int MAX_CAUSES = 20;
  private static final String LOST = "the connection was lost";

  private Words() {}

  /// One line of somebody else's text, bounded and without control characters.
  static String line(String text) {
    String oneLine = CONTROL.matcher(text).replaceAll(" ").strip();
    return oneLine.length() <= MAX ? oneLine : oneLine.substring(0, MAX - 1) + "…";
  }

  static String of(Throwable e) {
    if (has(e, UnknownHostException.class) || has(e, UnresolvedAddressException.class)) {
      return "the host name is not known";
    }
    if (has(e, HttpConnectTimeoutException.class)) {
      return "no connection within the time limit";
    }
    if (has(e, NoRouteToHostException.class)) {
      return "no route to host";
    }
    Throwable root = root(e);
    String message = root.getMessage() == null ? "" : line(root.getMessage());
    if (has(e, ConnectException.class)) {
      boolean plain = message.isEmpty() || message.contains("refused");
      return plain ? "connection refused" : message;
    }
    if (has(e, CertificateException.class) || has(e, SSLException.class)) {
      return "TLS: " + message;
    }
    return switch (root) {
      case HttpTimeoutException _, SocketTimeoutException _ ->
          message.isEmpty() || message.equals("request timed out") ? "timed out" : message;
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException n -> "there is no file " + n.getFile();
      case ClosedChannelException _, EOFException _ -> LOST;
      case IOException _
          when message.contains("reset")
              || message.contains("EOF")
              || message.contains("fixed content-length")
              || message.contains("header parser received no bytes")
              || message.contains("GOAWAY") ->
          LOST;
      default -> message.isEmpty() ? root.getClass().getSimpleName() : message;
    };
  }

  private static boolean has(Throwable e, Class<? extends Throwable> type) {
    @Nullable Throwable cause = e;
    for (int depth = 0; depth < MAX_CAUSES && cause != null; depth++) {
      if (type.isInstance(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static Throwable root(Throwable e) {
    Throwable root = e;
    for (int depth = 0; depth < MAX_CAUSES; depth++) {
      @Nullable Throwable cause = root.getCause();
      if (cause == null) {
        return root;
      }
      root = cause;
    }
    return root;
  }
}
