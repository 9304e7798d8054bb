import ipaddr from 'ipaddr.js';

const globalUnicast: [ipaddr.IPv6, number] = ipaddr.IPv6.parseCIDR('2000::/3');
const nat64: [ipaddr.IPv6, number] = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * Why an IP address may not be connected to: the kind of network that it is in; undefined for an address of the public internet. Only
 * addresses that are known to be public pass. IPv4 in IPv6 is judged as the IPv4 address that the packets end at.
 */
export function refuseIp(text: string): string | undefined {
  if (!ipaddr.isValid(text)) return 'no IP address';
  const address = ipaddr.parse(text);
  if (!(address instanceof ipaddr.IPv6)) return judge(address.range());
  if (address.isIPv4MappedAddress()) return judge(address.toIPv4Address().range());
  // Where the network has only IPv6, its DNS answers with these for every IPv4 host (RFC 6147).
  if (address.match(nat64)) return judge(new ipaddr.IPv4(address.toByteArray().slice(12)).range());
  const kind = judge(address.range());
  // ::127.0.0.1 and other forms long out of use are "unicast" to ipaddr.js.
  return kind ?? (address.match(globalUnicast) ? undefined : 'reserved');
}

const names: Readonly<Record<string, string>> = {
  linkLocal: 'link-local',
  carrierGradeNat: 'carrier-grade NAT',
  uniqueLocal: 'unique local',
};

function judge(range: string): string | undefined {
  return range === 'unicast' ? undefined : (names[range] ?? range);
}
