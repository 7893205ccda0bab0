package dev.refloat.testbed;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// How one user reaches the API server: by a bearer token or by a client certificate.
///
/// @param user the name in the kubeconfig
/// @param authority PEM of the authority that the server's certificate is checked against
public record Access(
    String user,
    URI server,
    String authority,
    Optional<String> token,
    Optional<Certificates.Issued> certificate,
    String namespace) {

  /// The same user through another address, such as a fault proxy's.
  public Access at(URI other) {
    return new Access(user, other, authority, token, certificate, namespace);
  }

  /// The kubeconfig of this user, as kubectl writes it.
  public String kubeconfig() {
    String credentials =
        token
            .map(t -> "    token: " + t + "\n")
            .or(
                () ->
                    certificate.map(
                        c ->
                            "    client-certificate-data: "
                                + base64(c.certificatePem())
                                + "\n    client-key-data: "
                                + base64(c.keyPem())
                                + "\n"))
            .orElse("    {}\n");
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - name: testbed
      cluster:
        server: %s
        certificate-authority-data: %s
    users:
    - name: %s
      user:
    %scontexts:
    - name: testbed
      context: {cluster: testbed, user: %s, namespace: %s}
    current-context: testbed
    """
        .formatted(server, base64(authority), user, credentials, user, namespace);
  }

  private static String base64(String pem) {
    return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
  }
}
