package dev.refloat.wiring;

import dev.refloat.cli.Backend;
import dev.refloat.cli.Cli;
import dev.refloat.cli.Terminal;
import java.io.PrintStream;
import java.io.Reader;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// The whole program, which dies as soon as it has written one entry to a journal: without a word,
/// and without any clean-up.
public final class HaltingProgram {
  /// What it dies with, as after SIGKILL.
  public static final int HALTED = 137;

  private HaltingProgram() {}

  public static void main(String[] arguments) {
    Backend halting =
        wrapped(
            Backend.class,
            new Adapters(),
            (method, result) ->
                method.getName().equals("recoveries")
                        && result instanceof Backend.Recoveries recoveries
                    ? wrapped(Backend.Recoveries.class, recoveries, HaltingProgram::halt)
                    : result);
    PrintStream out = System.out;
    System.exit(
        new Cli(halting, Terminal.none(), _ -> {})
            .run(arguments, Reader.nullReader(), out, System.err, System.getenv()));
  }

  private static @Nullable Object halt(Method method, @Nullable Object result) {
    if (method.getName().equals("append")) {
      Runtime.getRuntime().halt(HALTED);
    }
    return result;
  }

  private interface After {
    @Nullable Object of(Method method, @Nullable Object result);
  }

  private static <T> T wrapped(Class<T> type, T real, After after) {
    InvocationHandler handler =
        (_, method, arguments) -> {
          try {
            return after.of(method, method.invoke(real, arguments));
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
