package org.pfha.examples.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * Calls of {@code pfha} on pages. Those in blocks and indented lines must be complete; those in the
 * prose, and those with an ellipsis, must name commands and options that exist.
 */
final class Commands {

  private static final Pattern CALL =
      Pattern.compile("(?:\\$ )?(?:pfha|java .*?-jar \\S*pfha\\.jar) ([^#|>;&]*).*");

  private Commands() {}

  static List<String> complaints(Page page, CommandLine pfha) {
    List<String> complaints = new ArrayList<>();
    List<Page.Piece> whole = new ArrayList<>();
    for (Page.Block block : page.blocks()) {
      for (int i = 0; i < block.lines().size(); i++) {
        whole.add(new Page.Piece(block.line() + i, block.lines().get(i)));
      }
    }
    for (Page.Piece line : page.prose()) {
      if (line.text().startsWith("    ")) {
        whole.add(new Page.Piece(line.line(), line.text().strip()));
      }
    }
    for (Page.Piece line : joined(whole)) {
      Matcher call = CALL.matcher(line.text());
      if (call.matches()) {
        String problem = problem(pfha, call.group(1), !call.group(1).contains("…"));
        if (!problem.isEmpty()) {
          complaints.add(page.at(line.line()) + ": " + problem);
        }
      }
    }
    for (Page.Piece code : page.inline()) {
      Matcher call = CALL.matcher(code.text());
      if (call.matches()) {
        String problem = problem(pfha, call.group(1), false);
        if (!problem.isEmpty()) {
          complaints.add(page.at(code.line()) + ": " + problem);
        }
      }
    }
    return complaints;
  }

  /** With lines that end in a backslash made one. */
  private static List<Page.Piece> joined(List<Page.Piece> lines) {
    List<Page.Piece> joined = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Page.Piece first = lines.get(i);
      StringBuilder text = new StringBuilder(first.text());
      while (text.length() > 0 && text.charAt(text.length() - 1) == '\\' && i + 1 < lines.size()) {
        text.setLength(text.length() - 1);
        text.append(lines.get(++i).text().strip());
      }
      joined.add(new Page.Piece(first.line(), text.toString()));
    }
    return joined;
  }

  private static String problem(CommandLine pfha, String text, boolean whole) {
    List<String> words = words(text);
    if (whole) {
      try {
        pfha.parseArgs(words.toArray(String[]::new));
        return "";
      } catch (CommandLine.ParameterException e) {
        return "pfha " + text.strip() + ": " + e.getMessage();
      }
    }
    CommandLine command = pfha;
    boolean named = false;
    for (String word : words) {
      String name = word.replaceFirst("=.*", "");
      CommandLine subcommand = command.getSubcommands().get(name);
      if (subcommand != null) {
        command = subcommand;
        named = true;
      } else if (name.startsWith("-") && command.getCommandSpec().findOption(name) == null) {
        return "pfha %s has no option %s".formatted(command.getCommandName(), name);
      } else if (!named && !name.startsWith("-") && !name.equals("COMMAND")) {
        return "pfha has no command " + name;
      }
    }
    return "";
  }

  /** As a shell would split it, as far as pages need that. */
  private static List<String> words(String text) {
    return Pattern.compile("'([^']*)'|(\\S+)")
        .matcher(text)
        .results()
        .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
        .toList();
  }
}
