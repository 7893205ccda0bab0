package dev.refloat.wiring;

import dev.refloat.adapter.snapshot.SnapshotWriter;
import dev.refloat.cli.Backend;
import dev.refloat.cli.CommandException;
import dev.refloat.evidence.Evidence;
import dev.refloat.redact.Redactor;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Collection;

/// Writes snapshots for the commands.
final class SnapshotFile {
  private SnapshotFile() {}

  /// @param secretValues values that are known to be secret
  static Backend.Saved write(
      Evidence evidence, Collection<String> secretValues, Path out, Backend.SaveOptions options) {
    Redactor redactor =
        options.includeSecrets() ? Redactor.off() : Redactor.of(evidence, secretValues);
    try {
      SnapshotWriter.Written written =
          SnapshotWriter.write(
              evidence,
              out,
              redactor,
              new SnapshotWriter.Options(options.maxBytes(), options.force(), Version.text()),
              (_, _) -> {});
      return new Backend.Saved(
          written.objects(), written.logs(), written.bytes(), written.masked(), written.leftOut());
    } catch (FileAlreadyExistsException e) {
      String reason = e.getReason();
      throw new CommandException(
          "will not replace " + out,
          reason == null ? "it is there already" : reason,
          options.force() ? "name another place" : "name another place, or add --force",
          e);
    } catch (AccessDeniedException e) {
      throw new CommandException(
          "cannot write " + out, "permission denied: " + e.getFile(), null, e);
    } catch (IOException e) {
      throw new CommandException("cannot write " + out, e.getMessage(), null, e);
    }
  }
}
