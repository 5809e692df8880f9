// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The command {@code mta-sts}: shows and tests what a sender does with MTA-STS policies. */
@Command(
    name = "mta-sts",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Check MTA-STS policies (RFC 8461) and send mail as they require.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:success",
      "1:something is wrong, or would be refused",
      "2:invalid argument, or a file that cannot be read",
      "3:temporary failure; try again later"
    })
public final class Main {
  private Main() {}

  /**
   * Runs one command and exits with its status.
   *
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    Terminal terminal =
        new Terminal(System.in, utf8(FileDescriptor.out), utf8(FileDescriptor.err), Ansi.AUTO);
    System.exit(run(terminal, args));
  }

  static int run(Terminal terminal, String... args) {
    CommandLine commands =
        new CommandLine(new Main())
            .addSubcommand(new CheckCommand(terminal))
            .addSubcommand(new PolicyCommand(terminal))
            .addSubcommand(new RecordCommand(terminal))
            .addSubcommand(new MatchCommand(terminal))
            .addSubcommand(new SendCommand(terminal))
            .addSubcommand(CacheCommand.with(terminal))
            .addSubcommand(new LabCommand(terminal))
            .setOut(terminal.out())
            .setErr(terminal.err())
            .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.ansi()))
            // A TXT value or a file name may begin with @.
            .setExpandAtFiles(false)
            .setParameterExceptionHandler((e, arguments) -> usage(terminal, e, args))
            .setExecutionExceptionHandler((e, command, result) -> failed(terminal, e, args));
    try {
      return args.length == 0 ? missingCommand(terminal, commands) : commands.execute(args);
    } catch (LinkageError | VirtualMachineError e) {
      return failed(terminal, e, args);
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  private static int missingCommand(Terminal terminal, CommandLine commands) {
    commands.usage(terminal.err(), terminal.ansi());
    return ExitStatus.USAGE.code();
  }

  private static int usage(Terminal terminal, ParameterException e, String... args) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String message = String.valueOf(e.getMessage()).replaceFirst("^Error: ", "");
    terminal.error(withoutUrls(message, args) + "; see " + command + " --help");
    return ExitStatus.USAGE.code();
  }

  private static int failed(Terminal terminal, Throwable e, String... args) {
    if (e instanceof CommandException error) {
      terminal.error(withoutUrls(error.line(), args));
      return error.status().code();
    }
    terminal.error("internal error, please report it: " + withoutUrls("" + e, args));
    return ExitStatus.WRONG.code();
  }

  /** Hides JDBC URLs, which may contain a password, even in the wrong argument. */
  private static String withoutUrls(String message, String... args) {
    String shown = message;
    for (String arg : args) {
      int url = arg.toLowerCase(Locale.ROOT).indexOf("jdbc:");
      if (url >= 0) {
        shown = shown.replace(arg.substring(url), "jdbc:…");
      }
    }
    return shown;
  }

  private static PrintWriter utf8(FileDescriptor descriptor) {
    OutputStream stream = new FileOutputStream(descriptor);
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
  }

  /** Reads the version from the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"mta-sts " + (version == null ? "(not built as a jar)" : version)};
    }
  }
}
