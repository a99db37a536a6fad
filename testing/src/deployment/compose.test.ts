import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly privileged?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: { readonly default?: { readonly ipv4_address: string } };
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
}

const document = parseDocument(read('compose.yaml'), { merge: true });
const compose = document.toJS() as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks: { default: { ipam: { config: { subnet: string }[] } } };
};
const { services } = compose;
const nodes = Object.entries(services).filter(([, { build }]) => build !== undefined);
const imageHasHealthCheck = read('Dockerfile').includes('\nHEALTHCHECK ');

describe('the deployment with Docker Compose', () => {
  it('is YAML without a mistake', () => {
    expect(document.errors).toEqual([]);
    expect(document.warnings).toEqual([]);
  });

  it('runs two nodes on one database and one Redis', () => {
    expect(nodes).toHaveLength(2);
    for (const [, { environment }] of nodes) {
      expect(environment?.DATABASE_URL).toContain('@postgres:5432/outdial');
      expect(environment?.REDIS_URL).toBe('redis://redis:6379');
    }
    expect(services.redis?.command?.join(' ')).toContain('--maxmemory-policy noeviction');
  });

  it('lets nobody in but through the proxy of this machine, as it speaks plain HTTP', () => {
    for (const [name, { ports = [] }] of Object.entries(services)) {
      if (name !== 'proxy') expect(ports, name).toEqual([]);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('has one key for both nodes, and does not start without', () => {
    for (const [, { environment }] of nodes)
      expect(environment?.SECRET_KEY).toMatch(/^\$\{SECRET_KEY:\?/);
  });

  it('trusts the proxy on who asks, and no one else', () => {
    const address = services.proxy?.networks?.default?.ipv4_address ?? '';
    const [{ subnet = '' } = {}] = compose.networks.default.ipam.config;
    expect(address.split('.').slice(0, 3)).toEqual(subnet.split('.').slice(0, 3));
    for (const [, { environment }] of nodes) expect(environment?.TRUST_PROXY).toBe(address);
  });

  it('starts each part when what it needs is well, and each part can be asked', () => {
    for (const [name, { depends_on: needs = {} }] of Object.entries(services)) {
      for (const [needed, { condition }] of Object.entries(needs)) {
        expect([name, needed, condition]).toEqual([name, needed, 'service_healthy']);
        const service = services[needed];
        const canBeAsked =
          service?.healthcheck !== undefined ||
          (service?.build !== undefined && imageHasHealthCheck);
        expect(canBeAsked, needed).toBe(true);
      }
    }
    for (const [, { depends_on: needs = {} }] of nodes) {
      expect(Object.keys(needs).sort()).toEqual(['postgres', 'redis']);
    }
  });

  it('keeps data in volumes that are declared, and mounts files that are there', () => {
    for (const { volumes = [] } of Object.values(services)) {
      for (const volume of volumes) {
        const [from = ''] = volume.split(':');
        if (from.startsWith('./')) expect(existsSync(`${ROOT}${from.slice(2)}`), from).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(from);
      }
    }
    expect(services.postgres?.volumes).toEqual(['postgres:/var/lib/postgresql/data']);
  });

  it('holds no secret, and sets only what a server reads', () => {
    const known = new Set(
      read('.env.example')
        .match(/^#?([A-Z_]+)(?==)/gm)
        ?.map((name) => name.replace('#', '')),
    );
    for (const [, { environment = {} }] of nodes) {
      for (const name of Object.keys(environment)) expect(known, name).toContain(name);
    }
    expect(read('compose.yaml')).not.toMatch(/(PASSWORD|TOKEN|SECRET_KEY): (?!\$\{)\S/);
    const asked = [...read('compose.yaml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    const offered = read('ops/compose.env.example');
    for (const name of asked) expect(offered, name).toMatch(new RegExp(`^#?${name}=`, 'm'));
  });

  it('gives a node the time it takes to let live calls end, and no right that it does not need', () => {
    for (const [, node] of nodes) {
      expect(Number.parseInt(node.stop_grace_period ?? '', 10)).toBeGreaterThanOrEqual(30);
      expect(node.read_only).toBe(true);
      expect(node.cap_drop).toEqual(['ALL']);
    }
    for (const service of Object.values(services)) {
      expect(service.privileged).toBeUndefined();
      expect(service.restart).toBe('unless-stopped');
      expect(service.image).not.toMatch(/:latest$|^[^:]+$/);
    }
  });
});
