package org.pfha.examples.docs;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles the {@code java} blocks of pages.
 *
 * <p>A block that declares a type is a file of its own, so that it can be copied as it is. Any
 * other block is the body of a method: its own imports come first, every package of the library and
 * the JDK's usual ones are imported anyway, and a comment above the block says what it is given:
 *
 * <pre>{@code
 * <!-- given: IpTransport transport, StateTable table -->
 * }</pre>
 *
 * <p>A block below {@code <!-- quote: PATH -->} must be that file without its package.
 */
final class Samples {

  private static final Pattern TYPE =
      Pattern.compile(
          "(?m)^(?:public |final |abstract |sealed )*(?:class|interface|record|enum) (\\w+)");
  private static final Pattern GIVEN = Pattern.compile("given: (.*)");
  private static final Pattern QUOTE = Pattern.compile("quote: (.*)");

  private static final String IMPORTS =
      String.join(
          " ",
          List.of(
                  "java.io",
                  "java.net",
                  "java.nio.file",
                  "java.time",
                  "java.util",
                  "java.util.concurrent",
                  "org.pfha.carp",
                  "org.pfha.carp.diagnosis",
                  "org.pfha.carp.engine",
                  "org.pfha.carp.kernel",
                  "org.pfha.carp.wire",
                  "org.pfha.cluster",
                  "org.pfha.configsync",
                  "org.pfha.configsync.config",
                  "org.pfha.configsync.dialect",
                  "org.pfha.configsync.doctor",
                  "org.pfha.configsync.rpc",
                  "org.pfha.net",
                  "org.pfha.net.pcap",
                  "org.pfha.net.raw",
                  "org.pfha.net.sim",
                  "org.pfha.net.sys",
                  "org.pfha.pf",
                  "org.pfha.pf.device",
                  "org.pfha.pfsync",
                  "org.pfha.pfsync.engine",
                  "org.pfha.pfsync.wire")
              .stream()
              .map(each -> "import " + each + ".*;")
              .toList());

  /** The text of a block as a file: its first line is ours, the others are the block's. */
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private Samples() {}

  /** What a compiler says of the pages' samples, and which quotes are none. */
  static List<String> complaints(List<Page> pages, Path classes) throws IOException {
    List<String> complaints = new ArrayList<>();
    Map<String, Page.Block> blocks = new HashMap<>();
    List<Source> sources = new ArrayList<>();
    for (Page page : pages) {
      for (Page.Block block : page.blocks()) {
        if (block.language().equals("java")) {
          String directory = "sample" + blocks.size();
          blocks.put(directory, block);
          sources.add(source(directory, block));
          quote(block, complaints);
        }
      }
    }
    if (!sources.isEmpty()) {
      compile(sources, classes).getDiagnostics().stream()
          .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
          .map(each -> complaint(each, blocks))
          .forEach(complaints::add);
    }
    return complaints;
  }

  private static Source source(String directory, Page.Block block) {
    String text = block.text();
    Matcher type = TYPE.matcher(text);
    if (type.find()) {
      return new Source(
          directory + "/" + type.group(1), "package " + directory + ";\n" + text + "\n");
    }
    Matcher given = GIVEN.matcher(block.directive());
    StringBuilder head = new StringBuilder("package " + directory + "; " + IMPORTS);
    StringBuilder body = new StringBuilder();
    for (String line : block.lines()) {
      if (line.startsWith("import ")) {
        head.append(' ').append(line);
        body.append('\n');
      } else {
        body.append(line).append('\n');
      }
    }
    head.append(" final class Sample { void sample(")
        .append(given.matches() ? given.group(1) : "")
        .append(") throws Exception {\n");
    return new Source(directory + "/Sample", head.append(body).append("} }\n").toString());
  }

  private static DiagnosticCollector<JavaFileObject> compile(List<Source> sources, Path classes)
      throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "--release",
            "17",
            "-proc:none",
            "-d",
            classes.toString(),
            "-cp",
            System.getProperty("java.class.path"));
    try (var files = compiler.getStandardFileManager(found, null, StandardCharsets.UTF_8)) {
      boolean compiled = compiler.getTask(null, files, found, options, null, sources).call();
      assert compiled || !found.getDiagnostics().isEmpty() : "it says why";
    }
    return found;
  }

  private static String complaint(
      Diagnostic<? extends JavaFileObject> found, Map<String, Page.Block> blocks) {
    JavaFileObject source = found.getSource();
    if (source == null) {
      return found.getMessage(null);
    }
    Page.Block block = blocks.get(source.getName().split("/", -1)[1]);
    int line = block.line() + (int) found.getLineNumber() - 2;
    return block.page().at(line) + ": " + found.getMessage(null);
  }

  private static void quote(Page.Block block, List<String> complaints) throws IOException {
    Matcher quote = QUOTE.matcher(block.directive());
    if (quote.matches()) {
      Path file = block.page().path().resolveSibling(quote.group(1));
      String code = Files.readString(file).replaceFirst("package .*;\\s*", "").strip();
      if (!code.equals(block.text().strip())) {
        complaints.add(block.page().at(block.line()) + ": is not " + file + " any more");
      }
    }
  }
}
