import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** The program wanted to connect to a host that is not configured. A defect of ours, or an attack. */
export class NotAConfiguredHost extends Error {
  override readonly name = 'NotAConfiguredHost';
}

const refused = (what: string): NotAConfiguredHost =>
  new NotAConfiguredHost(`${what} is not configured, so nothing is sent there.`);

/**
 * `fetch`, to these origins only (ASVS 5.0, 1.3.6 and 13.2.4). A redirect is answered as it is and never followed: credentials and
 * people's numbers must not go to a host that another one names.
 */
export function guardedFetch(urls: readonly string[], send: typeof fetch = fetch): typeof fetch {
  const origins = new Set(urls.map((url) => new URL(url).origin));
  return async (input, init) => {
    const { origin } = new URL(input instanceof Request ? input.url : input);
    if (!origins.has(origin)) throw refused(origin);
    return send(input, { ...init, redirect: 'manual' });
  };
}

/** An agent for `node:http` and `node:https` that connects to the host of this URL only. Both never follow redirects. */
export function guardedAgent(url: string): HttpAgent | HttpsAgent {
  const { hostname, protocol, port } = new URL(url);
  const configured = {
    // In brackets in a URL, without in options (IPv6).
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
  };
  const agent =
    protocol === 'https:'
      ? new HttpsAgent({ keepAlive: true })
      : new HttpAgent({ keepAlive: true });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const { host, port: to } = options as { host?: string | null; port?: number | string | null };
    if (host !== configured.host || Number(to) !== configured.port) {
      throw refused(`${host ?? 'a socket'}:${to ?? ''}`);
    }
    return connect(options, callback);
  };
  return agent;
}
