package dev.refloat.port;

import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.List;
import java.util.Optional;

/// Keeps copies of objects of one recovery. They hold Secrets as they are, readable by their owner
/// only.
public interface BackupStore {

  /// Writes objects, reads them back, and compares.
  ///
  /// @return where they are
  /// @throws BackupFailure when a copy cannot be written or is not what was written
  String save(String recovery, List<Resource> objects);

  /// One object from the backup.
  ///
  /// @throws BackupFailure when the backup cannot be read
  Optional<Resource> load(String recovery, ObjectRef object);

  /// Everything that was saved.
  ///
  /// @throws BackupFailure when the backup cannot be read
  List<Resource> all(String recovery);

  /// Why there is no backup.
  final class BackupFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BackupFailure(String message) {
      super(message);
    }
  }
}
