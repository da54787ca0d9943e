package org.pfha.configsync.doctor;

import static org.pfha.configsync.doctor.HaNode.isSet;
import static org.pfha.configsync.doctor.HaNode.text;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;

/** What the nodes themselves need: names, versions, interfaces, certificates, clocks, limits. */
final class NodeRules {

  private static final Duration SOON = Duration.ofDays(30);

  private final Examination examination;
  private final Findings findings;

  NodeRules(Examination examination, Findings findings) {
    this.examination = examination;
    this.findings = findings;
  }

  void run() {
    for (HaNode node : examination.nodes()) {
      name(node);
      certificate(node);
      clock(node);
      left(node);
      management(node);
      limit(node);
    }
    examination.both(this::pair);
  }

  private void name(HaNode node) {
    String name = node.hostname().toLowerCase(Locale.ROOT);
    if (name.contains("master") || name.contains("backup")) {
      add(node, Check.HOSTNAME_ROLE, "system/hostname", "a node named " + node.hostname());
    }
  }

  private void certificate(HaNode node) {
    String reference = text(node.webgui(), "ssl-certref");
    if (!node.guiProtocol().equals("https") || reference.isEmpty()) {
      return;
    }
    String path = "system/webgui/ssl-certref";
    Optional<Fields> entry = certificate(node, reference);
    X509Certificate certificate = entry.map(fields -> parse(text(fields, "crt"))).orElse(null);
    Instant now = examination.now();
    if (entry.isEmpty()) {
      add(node, Check.CERTIFICATE_MISSING, path, "no certificate " + reference);
    } else if (certificate == null) {
      add(
          node,
          Check.CERTIFICATE_MISSING,
          path,
          "certificate %s cannot be read".formatted(reference));
    } else if (now != null) {
      Instant from = certificate.getNotBefore().toInstant();
      Instant until = certificate.getNotAfter().toInstant();
      if (until.isBefore(now)) {
        add(node, Check.CERTIFICATE_EXPIRED, path, "valid until " + until);
      } else if (from.isAfter(now)) {
        add(node, Check.CERTIFICATE_NOT_YET_VALID, path, "valid from " + from);
      } else if (until.isBefore(now.plus(SOON))) {
        add(node, Check.CERTIFICATE_EXPIRES_SOON, path, "valid until " + until);
      }
    }
  }

  private static Optional<Fields> certificate(HaNode node, String reference) {
    return HaNode.list(node.tree().sections(), "cert").stream()
        .map(ConfigNode::fields)
        .filter(fields -> text(fields, "refid").equals(reference))
        .findFirst();
  }

  /** Base64 of PEM. */
  private static @Nullable X509Certificate parse(String base64) {
    try {
      byte[] pem = Base64.getMimeDecoder().decode(base64);
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(pem));
    } catch (CertificateException | IllegalArgumentException e) {
      return null;
    }
  }

  private void clock(HaNode node) {
    if (text(node.system(), "timeservers").isEmpty()) {
      add(node, Check.CLOCK, "system/timeservers", "no time servers");
    }
  }

  /** What somebody switched on or off for a moment. */
  private void left(HaNode node) {
    String flag = "virtualip_carp_maintenancemode";
    if (isSet(node.tree().sections(), flag)) {
      add(node, Check.MAINTENANCE, flag, "CARP maintenance mode is on");
    }
    String demotion = node.tunable("net.inet.carp.demotion");
    if (!demotion.isEmpty() && !demotion.equals("0")) {
      add(node, Check.DEMOTION, "sysctl/item[net.inet.carp.demotion]", demotion);
    }
    if (node.tunable("net.inet.carp.allow").equals("0")) {
      add(node, Check.CARP_DISABLED, "sysctl/item[net.inet.carp.allow]", "0");
    }
    if (node.tunable("net.inet.carp.preempt").equals("0")) {
      add(node, Check.PREEMPT_OFF, "sysctl/item[net.inet.carp.preempt]", "0");
    }
    if (node.isOpnSense() && text(node.hasync(), "disablepreempt").equals("1")) {
      add(node, Check.PREEMPT_OFF, "hasync/disablepreempt", "1");
    }
  }

  private void management(HaNode node) {
    Map<String, String> bound =
        Map.of("snmpd", "bindip", "syslog", "sourceip", "ntpd", "interface");
    bound.forEach(
        (section, key) -> {
          Fields fields = node.tree().section(section).fields();
          List<String> words = HaNode.words(fields.at(key));
          boolean vip = words.stream().anyMatch(node::isMovingInterface);
          // A time server listens at the shared address beside the node's own.
          boolean alone = !section.equals("ntpd") || words.size() == 1;
          if (vip && alone) {
            add(node, Check.MANAGEMENT_IS_VIP, section + "/" + key, "bound to a virtual address");
          }
        });
  }

  private void limit(HaNode node) {
    String limit = text(node.system(), "maximumstates");
    if (limit.matches("\\d{1,18}") && Long.parseLong(limit) < examination.expectedStates()) {
      add(
          node,
          Check.STATE_LIMIT_LOW,
          "system/maximumstates",
          "%s, but %d states are expected".formatted(limit, examination.expectedStates()));
    }
  }

  private void pair(HaNode a, HaNode b) {
    if (a.hostname().equalsIgnoreCase(b.hostname())) {
      findings.add(
          Check.HOSTNAME_SAME, Side.BOTH, "system/hostname", "both are named " + a.hostname());
    }
    if (!a.isOpnSense() && !a.tree().version().equals(b.tree().version())) {
      findings.add(
          Check.VERSION_DIFFERS,
          Side.BOTH,
          "version",
          "A has %s, B has %s".formatted(a.tree().version(), b.tree().version()));
    }
    differs(Check.TIMEZONE, "timezone", a, b);
    differs(Check.STATE_LIMIT_DIFFERS, "maximumstates", a, b);
    certificateReplaced(a, b);
    interfaces(a, b);
  }

  private void differs(Check check, String key, HaNode a, HaNode b) {
    Function<HaNode, String> value =
        node -> text(node.system(), key).isEmpty() ? "the default" : text(node.system(), key);
    if (!value.apply(a).equals(value.apply(b))) {
      findings.add(
          check,
          Side.BOTH,
          "system/" + key,
          "A has %s, B has %s".formatted(value.apply(a), value.apply(b)));
    }
  }

  private void certificateReplaced(HaNode a, HaNode b) {
    boolean sent = isSet(a.hasync(), "synchronizecerts") || isSet(a.hasync(), "synchronizeopenvpn");
    String reference = text(b.webgui(), "ssl-certref");
    boolean used = b.guiProtocol().equals("https") && certificate(b, reference).isPresent();
    if (sent && used && certificate(a, reference).isEmpty()) {
      findings.add(
          Check.CERTIFICATE_REPLACED,
          Side.B,
          "system/webgui/ssl-certref",
          "%s is not among the primary's certificates".formatted(reference));
    }
  }

  private void interfaces(HaNode a, HaNode b) {
    for (Nic nic : a.nics().values()) {
      Nic other = b.nic(nic.name());
      if (other == null) {
        findings.add(Check.INTERFACE_ASSIGNMENT, Side.B, nic.path(), "only A has it");
        continue;
      }
      if (!nic.descr().equalsIgnoreCase(other.descr())) {
        findings.add(
            Check.INTERFACE_ASSIGNMENT,
            Side.BOTH,
            nic.path(),
            "'%s' on A, '%s' on B".formatted(nic.descr(), other.descr()));
      } else if (!nic.device().equals(other.device())) {
        findings.add(
            Check.INTERFACE_DEVICE,
            Side.BOTH,
            nic.path(),
            "%s on A, %s on B".formatted(nic.device(), other.device()));
      }
    }
    for (Nic nic : b.nics().values()) {
      if (a.nic(nic.name()) == null) {
        findings.add(Check.INTERFACE_ASSIGNMENT, Side.A, nic.path(), "only B has it");
      }
    }
  }

  private void add(HaNode node, Check check, String path, String detail) {
    findings.add(check, node.side(), path, detail);
  }
}
