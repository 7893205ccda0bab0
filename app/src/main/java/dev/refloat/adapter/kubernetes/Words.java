package dev.refloat.adapter.kubernetes;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/// Errors in short plain words: what a tired person can act on, without class names, and without
/// anything that a server could use to drive the terminal.
final class Words {
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+");
  private static final int MAX = 300;

  private Words() {}

  /// One line of somebody else's text, bounded and without control characters.
  static String line(String text) {
    String oneLine = CONTROL.matcher(text.strip()).replaceAll(" ");
    return oneLine.length() <= MAX ? oneLine : oneLine.substring(0, MAX - 1) + "…";
  }

  static String of(Throwable e) {
    Throwable root = e;
    for (int depth = 0; depth < 20 && root.getCause() != null; depth++) {
      if (root instanceof UnknownHostException || root instanceof CertificateException) {
        break;
      }
      root = root.getCause();
    }
    String message = root.getMessage() == null ? "" : line(root.getMessage());
    return switch (root) {
      case UnknownHostException _, UnresolvedAddressException _ -> "the host name is not known";
      case HttpConnectTimeoutException _ -> "no connection within the time limit";
      case HttpTimeoutException _, SocketTimeoutException _ ->
          message.isEmpty() || message.equals("request timed out") ? "timed out" : message;
      case NoRouteToHostException _ -> "no route to host";
      case ConnectException _ ->
          message.isEmpty() || message.contains("refused") ? "connection refused" : message;
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException n -> "there is no file " + n.getFile();
      case CertificateException _, SSLException _ -> "TLS: " + message;
      case IOException _ when message.contains("reset") || message.contains("EOF") ->
          "the connection was lost";
      default -> message.isEmpty() ? root.getClass().getSimpleName() : message;
    };
  }
}
