import { isIPv6 } from 'node:net';

/**
 * Under what a client address is counted: an IPv4 address by itself, an IPv6 address by its network of 64 bits, as a client that has one
 * address there has all of them (RFC 6177). Anything else is counted as it is; undefined, which Fastify's types do not tell of:
 * the client hung up already, and those who did are counted together.
 */
export function clientNetwork(address: string | undefined): string {
  if (address === undefined) return 'gone';
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return address;
  const [before = '', after] = bare.split('::');
  const groups = before === '' ? [] : before.split(':');
  if (after !== undefined) {
    const behind = after === '' ? 0 : after.split(':').length + (after.includes('.') ? 1 : 0);
    while (groups.length + behind < 8 && groups.length < 4) groups.push('0');
    if (groups.length < 4) groups.push(...after.split(':'));
  }
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
