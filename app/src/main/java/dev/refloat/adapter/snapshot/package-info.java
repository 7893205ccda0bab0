/// A cluster on disk: reads a snapshot as if it were the cluster, and writes one.
///
/// A snapshot is a folder, or the same packed as `.tgz` or `.zip`:
///
///     objects.json                                a Kubernetes List of any objects
///     *.json, *.yaml, in any folder               more objects
///     logs/NAMESPACE/POD/CONTAINER.log            and CONTAINER.previous.log
///     snapshot.json                               when and how it was taken, see [SnapshotNotes]
///     lookups.json                                what repositories and registries answered
///
/// Only the first is needed. `snapshot.json` and `lookups.json` are known by their content (kinds
/// `Snapshot` and `Lookups` of `refloat.dev/v1`), wherever they lie.
@NullMarked
package dev.refloat.adapter.snapshot;

import org.jspecify.annotations.NullMarked;
