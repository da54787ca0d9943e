package org.pfha.configsync.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.SyncPolicy.Behaviour;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;

/** The default mode: what both products get wrong (spec section 18, right column). */
class SafeSyncTest {
  private static final SyncPolicy SAFE =
      new SyncPolicy(SyncScope.areas(SyncArea.all()), List.of(), Behaviour.SAFE, false, Map.of());

  private static ConfigTree tree(String product, String inside) throws Exception {
    String xml = "<" + product + ">" + inside + "</" + product + ">";
    return ConfigTree.parse(xml.getBytes(StandardCharsets.UTF_8));
  }

  private static Outgoing outgoing(String inside, Behaviour behaviour) throws Exception {
    SyncScope scope = SyncScope.areas(SyncArea.all());
    String users =
        "<system><user><name>a</name></user><group><name>g</name></group>"
            + "<nextuid>1</nextuid><nextgid>1</nextgid></system>";
    return new PfSense(behaviour).outgoing(tree("pfsense", users + inside), scope);
  }

  private static Merged pfSense(String before, Map<String, ConfigNode> call) throws Exception {
    return PfSenseSecondary.restore(tree("pfsense", before), call, SAFE, null);
  }

  private static List<Effect> effects(String before, Map<String, ConfigNode> call)
      throws Exception {
    Merged merged = pfSense(before, call);
    return merged.effects().between(tree("pfsense", before), merged.tree());
  }

  private static ConfigNode section(String inside, String name) throws Exception {
    return tree("pfsense", inside).section(name);
  }

  // The primary.

  @Test
  void whatStaysBackIsNamed() throws Exception {
    Outgoing sent =
        outgoing(
            "<filter><rule><tracker>1</tracker></rule><rule><tracker>2</tracker><nosync/></rule>"
                + "<rule><tracker>3</tracker></rule></filter>"
                + "<virtualip><vip><mode>ipalias</mode><interface>wan</interface>"
                + "<uniqid>u</uniqid></vip></virtualip>",
            Behaviour.SAFE);
    assertThat(sent.withheld())
        .extracting(Outgoing.Withheld::toString)
        .containsExactly(
            "filter/rule[tracker=2] (nosync)",
            "virtualip/vip[uniqid=u] (ipalias of this node alone)");
    assertThat(sent.sections().get("filter").fields().at("rule").items()).hasSize(2);
  }

  @Test
  void likeTheProductTheOtherRulesKeepTheirNumbers() throws Exception {
    String rules = "<filter><rule><a>0</a></rule><rule><nosync/></rule><rule><a>2</a></rule>";
    Outgoing sent = outgoing(rules + "</filter>", Behaviour.LIKE_THE_PRODUCT);
    assertThat(sent.sections().get("filter").fields().at("rule").fields().map().keySet())
        .containsExactly("0", "2");
  }

  @Test
  void aFailoverPeerThatIsNoAddressKeepsTheSectionBack() throws Exception {
    String dhcp =
        "<interfaces><lan><ipaddr>dhcp</ipaddr></lan></interfaces>"
            + "<dhcpd><lan><failover_peerip>192.0.2.3</failover_peerip></lan></dhcpd>";
    Outgoing safe = outgoing(dhcp, Behaviour.SAFE);
    assertThat(safe.sections()).doesNotContainKey("dhcpd");
    assertThat(safe.withheld()).anyMatch(kept -> kept.reason().contains("interfaces/lan/ipaddr"));
    Outgoing exact = outgoing(dhcp, Behaviour.LIKE_THE_PRODUCT);
    assertThat(exact.sections().get("dhcpd").fields().at("lan").fields().at("failover_peerip"))
        .isEqualTo(new Text("dhcp"));
  }

  @Test
  void whatCannotBeSentIsSaidBeforeAnythingIs() {
    SyncScope scope = SyncScope.areas(SyncArea.all());
    assertThatThrownBy(() -> new PfSense().outgoing(tree("pfsense", "<system/>"), scope))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("system/user");
    assertThatThrownBy(
            () ->
                outgoing(
                    "<dhcpd><lan><a>1</a></lan></dhcpd><kea><ha><role>odd</role></ha></kea>",
                    Behaviour.SAFE))
        .hasMessageContaining("kea/ha/role");
  }

  @Test
  void aPackageNamesItsPathsAndTheAdministratorGoesLast() throws Exception {
    ConfigTree config =
        tree(
            "pfsense",
            "<wol><wolentry><mac>m</mac></wolentry></wol>"
                + "<installedpackages><p><config><a>1</a></config></p><q/></installedpackages>"
                + "<hasync><adminsync>on</adminsync></hasync>");
    SyncScope scope =
        new SyncScope(
            java.util.Set.of(SyncArea.WAKE_ON_LAN),
            java.util.Set.of("installedpackages/p"),
            List.of());
    Outgoing sent = new PfSense().outgoing(config, scope);
    assertThat(sent.sections().keySet()).containsExactly("wol", "installedpackages", "hasync");
    assertThat(sent.sections().get("installedpackages").fields().map()).containsOnlyKeys("p");
  }

  @Test
  void aPendingPasswordReplacesTheOldOneWhenItArrived() throws Exception {
    ConfigTree own =
        tree(
            "pfsense", "<hasync><password>old</password><new_password>new</new_password></hasync>");
    Dialect.PasswordChange change = new PfSense().passwordChange(own);
    assertThat(change).isNotNull().hasToString("PasswordChange");
    assertThat(change.stored().section("hasync").fields())
        .isEqualTo(Fields.NONE.with("password", new Text("new")));
    assertThat(new PfSense().passwordChange(change.stored())).isNull();
  }

  // The secondary.

  @Test
  void theCertificateOfTheOwnWebInterfaceStays() throws Exception {
    String before =
        "<system><webgui><ssl-certref>own</ssl-certref></webgui></system>"
            + "<cert><refid>own</refid></cert><cert><refid>old</refid></cert>";
    ConfigNode sent = section("<cert><refid>new</refid></cert>", "cert");
    ConfigTree after = pfSense(before, Map.of("cert", sent)).tree();
    assertThat(after.section("cert").items())
        .extracting(entry -> entry.fields().at("refid").text())
        .containsExactly("new", "own");
  }

  @Test
  void withoutRoutesInTheCallNoRouteIsTouched() throws Exception {
    String before =
        "<staticroutes><route><network>n</network><gateway>g</gateway></route></staticroutes>";
    ConfigNode rules = section("<filter><rule><a>1</a></rule></filter>", "filter");
    assertThat(effects(before, Map.of("filter", rules)))
        .containsExactly(
            new Effect.ReloadFilter(), new Effect.ReloadRouting(), new Effect.SyncOnward());
  }

  @Test
  void onlyWhatChangedIsSetUpAndRestarted() throws Exception {
    String vip =
        "<vip><mode>carp</mode><interface>wan</interface><vhid>%s</vhid><uniqid>u%s</uniqid>"
            + "<subnet>192.0.2.%s</subnet><subnet_bits>24</subnet_bits></vip>";
    String own =
        "<vip><mode>ipalias</mode><interface>wan</interface><uniqid>own</uniqid>"
            + "<subnet>198.51.100.1</subnet><subnet_bits>32</subnet_bits></vip>";
    String before =
        "<virtualip>"
            + vip.formatted(1, 1, 1)
            + vip.formatted(2, 2, 2)
            + own
            + "</virtualip>"
            + "<unbound><enable/></unbound>";
    ConfigNode sent =
        section(
            "<virtualip>" + vip.formatted(1, 1, 1) + vip.formatted(3, 2, 2) + "</virtualip>",
            "virtualip");
    List<Effect> effects = effects(before, Map.of("virtualip", sent));
    assertThat(effects)
        .extracting(Effect::toString)
        .startsWith(
            "RemoveAddress[carp 192.0.2.2 on wan]",
            "ConfigureAddress[carp 192.0.2.2 on wan]",
            "ConfigurePfsync[]");
    assertThat(effects).noneMatch(Effect.RestartService.class::isInstance);
    assertThat(effects(before, Map.of("virtualip", section(before, "virtualip"))))
        .noneMatch(Effect.ConfigureAddress.class::isInstance);
  }

  @Test
  void numbersInUseAreNeverGivenAgain() throws Exception {
    String before =
        "<system><user><name>a</name><uid>2009</uid></user><group><name>g</name><gid>2003</gid>"
            + "</group></system>";
    ConfigNode sent =
        section(
            "<system><user><name>a</name><uid>2009</uid></user><group><name>g</name>"
                + "<gid>2003</gid></group><nextuid>2001</nextuid><nextgid>2000</nextgid></system>",
            "system");
    Fields system = pfSense(before, Map.of("system", sent)).tree().section("system").fields();
    assertThat(system.at("nextuid")).isEqualTo(new Text("2010"));
    assertThat(system.at("nextgid")).isEqualTo(new Text("2004"));
  }

  // OPNsense.

  @Test
  void ownEntriesOfOpnSenseStayWhereTheyAreMeantTo() throws Exception {
    String before =
        "<filter><rule><descr>own</descr><nosync>1</nosync></rule></filter>"
            + "<aliases><alias><name>own</name><nosync>1</nosync></alias></aliases>"
            + "<virtualip><vip><mode>ipalias</mode><vhid/><subnet>1</subnet></vip>"
            + "<vip><mode>proxyarp</mode><vhid/><subnet>2</subnet></vip></virtualip>";
    Map<String, ConfigNode> call = new java.util.LinkedHashMap<>();
    call.put(
        "aliases",
        tree("opnsense", "<aliases><alias><name>x</name></alias></aliases>").section("aliases"));
    call.put(
        "filter",
        tree("opnsense", "<filter><rule><descr>x</descr></rule></filter>").section("filter"));
    call.put("virtualip", Fields.NONE.with("vip", new Items(List.of())));
    ConfigTree after = OpnSenseSecondary.restore(tree("opnsense", before), call, SAFE).tree();
    assertThat(after.section("filter").fields().at("rule").items()).hasSize(1);
    assertThat(after.section("aliases").fields().at("alias").items()).hasSize(2);
    assertThat(Vip.in(after)).extracting(Vip::address).containsExactly("1", "2");
  }
}
