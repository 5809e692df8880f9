// SPDX-License-Identifier: Apache-2.0
/** The command line, the lab and the recipes: programs on the exported packages of the library. */
@SuppressWarnings("requires-automatic") // the test kit has a fixed name in its manifest only
module io.github.mtasts.examples {
  requires static org.jspecify;
  requires io.github.mtasts;
  requires io.github.mtasts.testing; // the lab and a recipe run on the test kit
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires jakarta.mail;
  requires java.logging;
  requires java.sql;
  requires org.eclipse.angus.mail; // MtaStsTransport needs it at run time

  opens io.github.mtasts.examples.cli to
      info.picocli;
}
