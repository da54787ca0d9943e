package org.pfha.configsync.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;

/** A mistake in a pair that is healthy otherwise, and how it is made. */
record Plant(
    Check check,
    String what,
    Side side,
    UnaryOperator<String> a,
    UnaryOperator<String> b,
    UnaryOperator<HaDoctor> doctor) {

  static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  static final String FW1 = resource("fw1.xml");
  static final String FW2 = resource("fw2.xml");

  private static String resource(String name) {
    try (InputStream in = Plant.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ConfigTree tree(String xml) {
    try {
      return ConfigTree.parse(xml.getBytes(StandardCharsets.UTF_8));
    } catch (ConfigFormatException e) {
      throw new IllegalArgumentException("the planted file cannot be read", e);
    }
  }

  static HaDoctor pair(String a, String b) {
    return HaDoctor.of(tree(a)).withSecondary(tree(b)).at(NOW).expecting(500_000);
  }

  private Plant(Check check, Side side, String what) {
    this(check, what, side, text -> text, text -> text, doctor -> doctor);
  }

  static Plant plant(Check check, Side side, String what) {
    return new Plant(check, side, what);
  }

  Plant a(String from, String to) {
    return new Plant(check, what, side, replacing(a, from, to), b, doctor);
  }

  Plant b(String from, String to) {
    return new Plant(check, what, side, a, replacing(b, from, to), doctor);
  }

  Plant both(String from, String to) {
    return a(from, to).b(from, to);
  }

  Plant with(UnaryOperator<HaDoctor> change) {
    return new Plant(check, what, side, a, b, change);
  }

  List<Finding> findings() {
    return doctor.apply(pair(a.apply(FW1), b.apply(FW2))).examine();
  }

  private static UnaryOperator<String> replacing(
      UnaryOperator<String> before, String from, String to) {
    return text -> {
      String now = before.apply(text);
      assertThat(now).as("the sample has it").contains(from);
      return now.replace(from, to);
    };
  }

  @Override
  public String toString() {
    return check + ": " + what;
  }
}
