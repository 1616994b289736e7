package io.github.mockauth0;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** Finds the program: the file that MOCKAUTH0_BIN names, else that on the PATH, else that of a jar for this machine. */
final class Program {
  private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");
  private static final String NAME = WINDOWS ? "mockauth0.exe" : "mockauth0";
  private static Path unpacked;

  private Program() {}

  static Path find() {
    String chosen = System.getenv("MOCKAUTH0_BIN");
    if (chosen != null && !chosen.isEmpty()) {
      if (!Files.isRegularFile(Path.of(chosen))) {
        throw new IllegalStateException("MOCKAUTH0_BIN is " + chosen + ", and there is no such file");
      }
      return Path.of(chosen);
    }
    String path = System.getenv("PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
      File file = new File(folder, NAME); // a Path would not take what else a PATH may have
      if (file.isFile() && file.canExecute()) {
        return file.toPath();
      }
    }
    return unpack();
  }

  private static synchronized Path unpack() {
    String resource = "io/github/mockauth0/" + machine() + "/" + NAME;
    try (InputStream in = Program.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "there is no program " + NAME + ": MOCKAUTH0_BIN is not set, the PATH has none, and neither has the class path."
                + " Add the dependency io.github.mockauth0:mockauth0 with the classifier " + machine());
      }
      if (unpacked == null) {
        Path dir = Files.createTempDirectory("mockauth0-");
        Path file = dir.resolve(NAME);
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        if (!file.toFile().setExecutable(true)) {
          throw new IOException(file + " cannot be made executable");
        }
        dir.toFile().deleteOnExit(); // the last one is deleted first
        file.toFile().deleteOnExit();
        unpacked = file;
      }
      return unpacked;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** This machine, as the classifier of a jar names it. */
  static String machine() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String system = os.startsWith("windows") ? "win32" : os.startsWith("mac") ? "darwin" : "linux";
    return system + "-" + (arch.equals("aarch64") || arch.equals("arm64") ? "arm64" : "x64");
  }
}
