/// Reads a live cluster over the Kubernetes API: kubeconfig, credentials, HTTP, discovery, lists,
/// logs and watches.
@NullMarked
package dev.refloat.adapter.kubernetes;

import org.jspecify.annotations.NullMarked;
