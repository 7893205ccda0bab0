package dev.refloat.standin;

import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// How an API server is reached with all rights.
///
/// @param tls trusts the server, and identifies the user where no bearer token does
public record ApiEndpoint(URI server, SSLContext tls, Optional<String> bearer) {}
