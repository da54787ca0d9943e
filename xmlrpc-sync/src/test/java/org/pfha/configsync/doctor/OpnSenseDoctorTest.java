package org.pfha.configsync.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;

/** The same rules for OPNsense's layout: flags of 0 and 1, aliases by VHID, rules of two kinds. */
class OpnSenseDoctorTest {

  private static String node(int number) {
    int own = number + 1;
    String target =
        number == 1
            ? "<synchronizetoip>https://172.31.255.2/</synchronizetoip><verifypeer>1</verifypeer>"
                + "<username>hasync</username><password>og-secret</password>"
                + "<syncitems>rules,nat,aliases,virtualip</syncitems>"
            : "<synchronizetoip/><syncitems/>";
    return """
        <?xml version="1.0"?>
        <opnsense>
          <system>
            <hostname>og%1$d</hostname>
            <timezone>Europe/Paris</timezone>
            <timeservers>0.pool.example.test</timeservers>
            <group><gid>1999</gid><name>admins</name><member>0,2000</member>
              <priv>page-all</priv></group>
            <user><uid>0</uid><name>root</name><disabled>0</disabled></user>
            <user><uid>2000</uid><name>hasync</name><disabled>0</disabled><priv/></user>
            <webgui><protocol>https</protocol><port/><ssl-certref/></webgui>
          </system>
          <interfaces>
            <wan><enable>1</enable><if>igb0</if><descr>WAN</descr>
              <ipaddr>198.51.100.%2$d</ipaddr><subnet>29</subnet><gateway>WANGW</gateway></wan>
            <lan><enable>1</enable><if>igb1</if><descr>LAN</descr>
              <ipaddr>10.20.0.%2$d</ipaddr><subnet>24</subnet></lan>
            <opt1><enable>1</enable><if>igb2</if><descr>SYNC</descr>
              <ipaddr>172.31.255.%1$d</ipaddr><subnet>30</subnet></opt1>
          </interfaces>
          <virtualip version="1.0.1">
            <vip uuid="a"><interface>wan</interface><mode>carp</mode>
              <subnet>198.51.100.1</subnet><subnet_bits>29</subnet_bits><peer/>
              <password>wan-secret</password><vhid>11</vhid><advbase>1</advbase>
              <advskew>%3$d</advskew></vip>
            <vip uuid="b"><interface>lan</interface><mode>carp</mode>
              <subnet>10.20.0.1</subnet><subnet_bits>24</subnet_bits><peer/>
              <password>lan-secret</password><vhid>21</vhid><advbase>1</advbase>
              <advskew>%3$d</advskew></vip>
            <vip uuid="c"><interface>wan</interface><mode>ipalias</mode>
              <subnet>198.51.100.4</subnet><subnet_bits>29</subnet_bits><vhid>11</vhid></vip>
          </virtualip>
          <nat><outbound><mode>advanced</mode>
            <rule><interface>wan</interface><source><network>lan</network></source>
              <target>198.51.100.1</target></rule></outbound></nat>
          <filter>
            <rule><type>pass</type><interface>lan</interface><descr>LAN out</descr></rule>
          </filter>
          <hasync version="1.0.2">
            <disablepreempt>0</disablepreempt>
            <pfsyncinterface>opt1</pfsyncinterface>
            <pfsyncpeerip>172.31.255.%4$d</pfsyncpeerip>
            <pfsyncversion>1400</pfsyncversion>
            %5$s
          </hasync>
          <OPNsense><Firewall><Filter version="1.0.6"><rules>
            <rule uuid="r"><enabled>1</enabled><action>pass</action><interface>opt1</interface>
              <protocol>any</protocol><source_net>opt1</source_net>
              <destination_net>any</destination_net></rule>
          </rules></Filter></Firewall></OPNsense>
        </opnsense>
        """
        .formatted(number, own, number == 1 ? 0 : 100, 3 - number, target);
  }

  private static List<Check> checks(String a, String b) throws ConfigFormatException {
    return HaDoctor.of(ConfigTree.parse(a.getBytes(StandardCharsets.UTF_8)))
        .withSecondary(ConfigTree.parse(b.getBytes(StandardCharsets.UTF_8)))
        .examine()
        .stream()
        .map(Finding::check)
        .toList();
  }

  @Test
  void aHealthyPairHasNoFinding() throws ConfigFormatException {
    assertThat(checks(node(1), node(2))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ADDRESSES_DIFFER    | B | 198.51.100.4<           | 198.51.100.5<",
        "ALIAS_PARENT        | AB| <vhid>11</vhid></vip>   | <vhid>12</vhid></vip>",
        "PASSWORD_DIFFERS    | B | lan-secret              | other",
        "SKEW_ORDER          | B | <advskew>100</advskew></vip> <vip uuid=\"b\"> | <advskew>0</advskew></vip> <vip uuid=\"b\">",
        "UNICAST_PEER        | A | <peer/> <password>lan   | <peer>10.20.0.230</peer> <password>lan",
        "VIP_INTERFACE_DISABLED | B | <lan><enable>1</enable> | <lan><enable>0</enable>",
        "PFSYNC_OFF          | B | <pfsyncinterface>opt1</pfsyncinterface> | <pfsyncinterface/>",
        "PFSYNC_FORMAT       | B | <pfsyncversion>1400     | <pfsyncversion>1301",
        "PREEMPT_OFF         | A | <disablepreempt>0       | <disablepreempt>1",
        "TARGET_WRONG        | A | //172.31.255.2/         | //172.31.255.3/",
        "TARGET_IS_VIP       | A | //172.31.255.2/         | //10.20.0.1:443/",
        "TARGET_ON_SECONDARY | B | <synchronizetoip/>      | <synchronizetoip>172.31.255.1</synchronizetoip>",
        "AREAS_NONE          | A | rules,nat,aliases,virtualip | ''",
        "ACCOUNT_PRIVILEGE   | B | 0,2000                  | 0",
        "ACCOUNT_DISABLED    | B | <name>hasync</name><disabled>0 | <name>hasync</name><disabled>1",
        "GUI_PORT            | B | <port/>                 | <port>8443</port>",
        "NAT_NOT_VIP         | AB| <target>198.51.100.1</target> | <target/>",
      })
  void aPlantedMistakeIsFoundOnce(Check check, String where, String from, String to)
      throws ConfigFormatException {
    String one = flat(node(1));
    String two = flat(node(2));
    String changed = to == null ? "" : to;
    assertThat(one + two).contains(from);
    assertThat(
            checks(
                where.contains("A") ? one.replace(from, changed) : one,
                where.contains("B") ? two.replace(from, changed) : two))
        .containsExactly(check);
  }

  @Test
  void pfsyncAndTheGuiNeedARule() throws ConfigFormatException {
    String off = "<enabled>0</enabled><action>pass";
    String on = "<enabled>1</enabled><action>pass";
    assertThat(checks(node(1), node(2).replace(on, off)))
        .containsExactlyInAnyOrder(Check.RULE_PFSYNC, Check.RULE_GUI);
  }

  private static String flat(String xml) {
    return xml.replaceAll("\\s+", " ").replace("> <vip uuid=\"a\"", "><vip uuid=\"a\"");
  }
}
