package dev.refloat.adapter.kubernetes;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Whom to trust and how to identify oneself on the connection.
///
/// @param authorities PEM; none: those of the Java runtime
/// @param insecure `insecure-skip-tls-verify`
/// @param serverName `tls-server-name`: the name that the server's certificate must be for
/// @param certificate PEM, leaf first
/// @param key PEM
record Tls(
    Optional<byte[]> authorities,
    boolean insecure,
    Optional<String> serverName,
    Optional<byte[]> certificate,
    Optional<byte[]> key) {

  @Override
  public String toString() {
    return "Tls[insecure=" + insecure + ", serverName=" + serverName + "]";
  }

  SSLContext context() throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers(), trustManagers(), null);
    return context;
  }

  private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
    if (certificate.isEmpty() || key.isEmpty()) {
      return null;
    }
    List<X509Certificate> chain = Pem.certificates(certificate.get());
    PrivateKey secret = Pem.privateKey(key.get());
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] noPassword = new char[0];
    store.setKeyEntry("client", secret, noPassword, chain.toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, noPassword);
    return factory.getKeyManagers();
  }

  private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException, IOException {
    if (insecure) {
      return new TrustManager[] {new TrustAll()};
    }
    if (authorities.isEmpty() && serverName.isEmpty()) {
      return null;
    }
    @Nullable KeyStore store = null;
    if (authorities.isPresent()) {
      store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int i = 0;
      for (X509Certificate authority : Pem.certificates(authorities.get())) {
        store.setCertificateEntry("authority-" + i++, authority);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    if (serverName.isPresent()) {
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          return new TrustManager[] {new NamedServer(x509, serverName.get())};
        }
      }
    }
    return factory.getTrustManagers();
  }

  /// Trusts every server, as the kubeconfig says.
  private static final class TrustAll extends Unconnected {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /// Compares the certificate with a name of its own instead of the host in the URL.
  private static final class NamedServer extends Unconnected {
    private final X509TrustManager authorities;
    private final String name;

    NamedServer(X509TrustManager authorities, String name) {
      this.authorities = authorities;
      this.name = name;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      authorities.checkServerTrusted(chain, authType);
      if (!isFor(chain[0], name)) {
        throw new CertificateException("the server's certificate is not for " + name);
      }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authorities.getAcceptedIssuers();
    }
  }

  /// Subject alternative names: type 2 is a DNS name, 7 an IP address (RFC 5280 §4.2.1.6). A
  /// wildcard
  /// stands for the whole first label only (RFC 6125 §6.4.3).
  static boolean isFor(X509Certificate certificate, String name) throws CertificateException {
    @Nullable Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names == null) {
      return false;
    }
    String wanted = name.toLowerCase(Locale.ROOT);
    for (List<?> entry : names) {
      if (entry.get(0) instanceof Integer type && entry.get(1) instanceof String text) {
        String offered = text.toLowerCase(Locale.ROOT);
        boolean wildcard =
            type == 2
                && offered.startsWith("*.")
                && wanted.indexOf('.') > 0
                && wanted.substring(wanted.indexOf('.')).equals(offered.substring(1));
        if ((type == 2 || type == 7) && (offered.equals(wanted) || wildcard)) {
          return true;
        }
      }
    }
    return false;
  }

  /// A trust manager that looks at the chain only. That the type is the extended one keeps the JDK
  /// from comparing the certificate with the URL's host.
  private abstract static class Unconnected extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("this side is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      checkClientTrusted(chain, authType);
    }
  }
}
