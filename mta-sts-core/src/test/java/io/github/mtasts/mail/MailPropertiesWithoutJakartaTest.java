// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.tls.MxTls;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the description of the package says about its optional dependencies. */
final class MailPropertiesWithoutJakartaTest {
  private final WithoutJakarta classes = new WithoutJakarta();

  @Test
  void makesPropertiesWithoutJakartaMail() throws Exception {
    Object none = call(classes.load(Resolution.class), "none", null, String.class, "example.com");
    Object decision =
        call(classes.load(Resolution.class), "decide", none, String.class, "mx1.example.com");
    Class<?> tlsClass = classes.load(MxTls.class);
    Object tls = call(tlsClass, "forDecision", null, decision.getClass(), decision);

    Object properties = call(classes.load(MailProperties.class), "secure", null, tlsClass, tls);

    assertThat((Properties) properties).containsEntry("mail.smtp.starttls.enable", "true");
    call(tlsClass, "close", tls);
  }

  @Test
  void needsJakartaMailForTheTransport() {
    assertThatThrownBy(() -> classes.load(MtaStsTransport.class))
        .isInstanceOf(NoClassDefFoundError.class)
        .hasMessageContaining("jakarta/mail/Transport");
  }

  private static Object call(
      Class<?> type, String method, @Nullable Object on, Class<?> parameter, Object argument)
      throws ReflectiveOperationException {
    return Objects.requireNonNull(type.getMethod(method, parameter).invoke(on, argument));
  }

  private static void call(Class<?> type, String method, Object on)
      throws ReflectiveOperationException {
    type.getMethod(method).invoke(on);
  }

  /** Loads the library's classes again, where no class of Jakarta Mail or Angus Mail exists. */
  private static final class WithoutJakarta extends ClassLoader {
    private static final ClassLoader ALL =
        Objects.requireNonNull(MailPropertiesWithoutJakartaTest.class.getClassLoader());

    WithoutJakarta() {
      super(ALL);
    }

    Class<?> load(Class<?> original) throws ClassNotFoundException {
      return loadClass(original.getName());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("jakarta.") || name.startsWith("org.eclipse.angus.")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("io.github.mtasts.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream file = ALL.getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (file == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] octets = file.readAllBytes();
        return defineClass(name, octets, 0, octets.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
