package org.pfha.distribution;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericDeclaration;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a module promises: the public and protected types and members of the packages that it
 * exports, each on a line of its own that begins with the type's name. Says the same on every JDK.
 */
final class ApiListing {

  private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");
  private static final Set<String> OF_EVERY_ENUM = Set.of("values", "valueOf");

  private final Predicate<Class<?>> listed;

  private ApiListing(Predicate<Class<?>> listed) {
    this.listed = listed;
  }

  /** Of a jar whose classes this class's loader has, too. */
  static List<String> of(Path jar) throws IOException {
    Set<String> exported = exported(jar);
    return of(classes(jar), type -> exported.contains(type.getPackageName()) && isReachable(type));
  }

  /** The packages that a jar's module exports to everyone. */
  static Set<String> exported(Path jar) {
    return ModuleFinder.of(jar).findAll().iterator().next().descriptor().exports().stream()
        .filter(export -> !export.isQualified())
        .map(ModuleDescriptor.Exports::source)
        .collect(Collectors.toSet());
  }

  static List<String> of(List<Class<?>> types, Predicate<Class<?>> listed) {
    ApiListing listing = new ApiListing(listed);
    return types.stream().filter(listed).flatMap(listing::lines).toList();
  }

  private static List<Class<?>> classes(Path jar) throws IOException {
    List<Class<?>> classes = new ArrayList<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (String entry : file.stream().map(Object::toString).sorted().toList()) {
        if (entry.endsWith(".class") && !entry.endsWith("-info.class")) {
          String name = entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
          classes.add(Class.forName(name, false, ApiListing.class.getClassLoader()));
        }
      }
    } catch (ClassNotFoundException e) {
      throw new IOException(jar + " has a class that the tests' class path lacks", e);
    }
    return classes;
  }

  /** Whether others can name it: public, or nested and protected, as is all around it. */
  private static boolean isReachable(Class<?> type) {
    return !type.isAnonymousClass()
        && !type.isLocalClass()
        && !type.isSynthetic()
        && (type.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0
        && (type.getDeclaringClass() == null || isReachable(type.getDeclaringClass()));
  }

  private Stream<String> lines(Class<?> type) {
    Set<String> members = new TreeSet<>();
    for (Class<?> origin : origins(type)) {
      Stream.of(origin.getDeclaredFields())
          .filter(field -> isPromised(type, field.getModifiers(), field.isSynthetic()))
          .forEach(field -> members.add(line(field)));
      Stream.of(origin.getDeclaredMethods())
          .filter(method -> isPromised(type, method.getModifiers(), method.isSynthetic()))
          .filter(method -> !isImplied(method))
          .forEach(method -> members.add(line(method)));
    }
    Stream.of(type.getDeclaredConstructors())
        .filter(made -> isPromised(type, made.getModifiers(), made.isSynthetic()))
        .forEach(made -> members.add(line(made)));
    return Stream.concat(
        Stream.of(type.getName() + " = " + header(type)),
        members.stream().map(member -> type.getName() + " " + member));
  }

  /** The type, and what it inherits from that has no lines of its own. */
  private Set<Class<?>> origins(Class<?> type) {
    Set<Class<?>> origins = new LinkedHashSet<>();
    origins.add(type);
    ancestors(type)
        .filter(ancestor -> ancestor.getModule() == type.getModule())
        .filter(ancestor -> ancestor.getName().startsWith("org.pfha."))
        .filter(listed.negate())
        .forEach(ancestor -> origins.addAll(origins(ancestor)));
    return origins;
  }

  private static Stream<Class<?>> ancestors(Class<?> type) {
    return Stream.concat(Stream.ofNullable(type.getSuperclass()), Stream.of(type.getInterfaces()));
  }

  private static boolean isPromised(Class<?> type, int modifiers, boolean synthetic) {
    return !synthetic
        && (Modifier.isPublic(modifiers)
            || (Modifier.isProtected(modifiers) && !Modifier.isFinal(type.getModifiers())));
  }

  private static boolean isImplied(Method method) {
    return OF_EVERY_OBJECT.contains(method.getName())
        || (method.getDeclaringClass().isEnum() && OF_EVERY_ENUM.contains(method.getName()));
  }

  private String header(Class<?> type) {
    String kind =
        type.isAnnotation()
            ? "@interface"
            : type.isInterface()
                ? "interface"
                : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    int shown = Modifier.PUBLIC | Modifier.PROTECTED;
    if (kind.equals("class")) {
      shown |= Modifier.ABSTRACT | Modifier.FINAL;
    }
    if (type.getDeclaringClass() != null && kind.equals("class")) {
      shown |= Modifier.STATIC;
    }
    StringBuilder header = new StringBuilder(Modifier.toString(type.getModifiers() & shown));
    if (type.isSealed() && !type.isEnum()) {
      header.append(" sealed");
    }
    header.append(' ').append(kind).append(parameters(type));
    Set<String> supertypes = new TreeSet<>();
    for (Class<?> origin : origins(type)) {
      Stream.concat(
              Stream.ofNullable(origin.getGenericSuperclass()),
              Stream.of(origin.getGenericInterfaces()))
          .filter(supertype -> !isImplied(supertype, origin))
          .forEach(supertype -> supertypes.add(supertype.getTypeName()));
    }
    if (!supertypes.isEmpty()) {
      header.append(" is ").append(String.join(", ", supertypes));
    }
    if (type.isSealed() && !type.isEnum()) {
      Stream.of(type.getPermittedSubclasses())
          .filter(listed)
          .map(Class::getName)
          .sorted()
          .reduce((one, other) -> one + ", " + other)
          .ifPresent(permitted -> header.append(" permits ").append(permitted));
    }
    return header.toString();
  }

  private boolean isImplied(Type supertype, Class<?> type) {
    return supertype == Object.class
        || supertype == Record.class
        || (type.isEnum() && supertype.getTypeName().startsWith("java.lang.Enum<"))
        || type.isAnnotation()
        || (supertype instanceof Class<?> raw
            && raw.getName().startsWith("org.pfha.")
            && !Modifier.isPublic(raw.getModifiers())
            && !listed.test(raw));
  }

  private static String line(Field field) {
    int shown = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL;
    return Modifier.toString(field.getModifiers() & shown)
        + (field.isEnumConstant() ? " constant " : " ")
        + field.getGenericType().getTypeName()
        + " "
        + field.getName();
  }

  private static String line(Method method) {
    int shown = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT;
    if (!Modifier.isFinal(method.getDeclaringClass().getModifiers())) {
      shown |= Modifier.FINAL;
    }
    return Modifier.toString(method.getModifiers() & shown)
        + (method.isDefault() ? " default" : "")
        + parameters(method)
        + " "
        + method.getGenericReturnType().getTypeName()
        + " "
        + method.getName()
        + signature(method);
  }

  private static String line(Constructor<?> constructor) {
    return Modifier.toString(constructor.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED))
        + parameters(constructor)
        + " new"
        + signature(constructor);
  }

  private static String signature(Executable executable) {
    String thrown = names(executable.getGenericExceptionTypes());
    String taken = names(executable.getGenericParameterTypes());
    return "("
        + (executable.isVarArgs() ? taken.replaceFirst("\\[]$", "...") : taken)
        + ")"
        + (thrown.isEmpty() ? "" : " throws " + thrown);
  }

  private static String names(Type[] types) {
    return Arrays.stream(types).map(Type::getTypeName).collect(Collectors.joining(", "));
  }

  private static String parameters(GenericDeclaration declaration) {
    TypeVariable<?>[] variables = declaration.getTypeParameters();
    if (variables.length == 0) {
      return "";
    }
    return Stream.of(variables)
        .map(
            variable ->
                names(variable.getBounds()).equals("java.lang.Object")
                    ? variable.getName()
                    : variable.getName() + " extends " + names(variable.getBounds()))
        .collect(Collectors.joining(", ", declaration instanceof Class ? "<" : " <", ">"));
  }
}
