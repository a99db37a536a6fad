import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly args: Readonly<Record<string, string>> };
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly user?: string;
  readonly privileged?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?:
    | readonly string[]
    | Readonly<Record<string, { readonly ipv4_address: string }>>;
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly pids_limit?: number;
}

const document = parseDocument(read('compose.yaml'), { merge: true });
const compose = document.toJS() as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks: { edge: { ipam: { config: { subnet: string }[] } }; data: { internal: boolean } };
};
const { services } = compose;
const nodes = Object.entries(services).filter(([, { build }]) => build !== undefined);
const imageHasHealthCheck = read('Dockerfile').includes('\nHEALTHCHECK ');

describe('the deployment with Docker Compose', () => {
  it('the deployment with Docker Compose is YAML without a mistake', () => {
    expect(document.errors).toEqual([]);
    expect(document.warnings).toEqual([]);
  });

  it('the deployment with Docker Compose runs two nodes on one database and one Redis', () => {
    expect(nodes).toHaveLength(2);
    for (const [, { environment }] of nodes) {
      expect(environment?.DATABASE_URL).toContain('@postgres:5432/outdial');
      expect(environment?.REDIS_URL).toMatch(
        /^redis:\/\/outdial:\$\{REDIS_PASSWORD:\?[^}]+\}@redis:6379$/,
      );
    }
    expect(read('ops/redis/start.sh')).toContain('--maxmemory-policy noeviction');
  });

  it('the server accepts connections only from the proxy of this machine, as it speaks plain HTTP', () => {
    for (const [name, { ports = [] }] of Object.entries(services)) {
      if (name !== 'proxy') expect(ports, name).toEqual([]);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('the deployment with Docker Compose has one key for both nodes, and does not start without', () => {
    for (const [, { environment }] of nodes)
      expect(environment?.SECRET_KEY).toMatch(/^\$\{SECRET_KEY:\?/);
  });

  it('trusts the proxy on who asks, and no one else', () => {
    const at = services.proxy?.networks as Record<string, { ipv4_address: string }>;
    const address = at.edge?.ipv4_address ?? '';
    const [{ subnet = '' } = {}] = compose.networks.edge.ipam.config;
    expect(address.split('.').slice(0, 3)).toEqual(subnet.split('.').slice(0, 3));
    for (const [, { environment }] of nodes) expect(environment?.TRUST_PROXY).toBe(address);
  });

  it('the deployment with Docker Compose starts each part when what it needs is well, and each part can be asked', () => {
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

  it('the deployment with Docker Compose keeps data in volumes that are declared, and mounts files that are there', () => {
    for (const { volumes = [] } of Object.values(services)) {
      for (const volume of volumes) {
        const [from = ''] = volume.split(':');
        if (from.startsWith('./')) expect(existsSync(`${ROOT}${from.slice(2)}`), from).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(from);
      }
    }
    expect(services.postgres?.volumes).toContain('postgres:/var/lib/postgresql/data');
  });

  it('the deployment with Docker Compose holds no secret, and sets only what a server reads', () => {
    const known = new Set(
      read('.env.example')
        .match(/^#?([A-Z_]+)(?==)/gm)
        ?.map((name) => name.replace('#', '')),
    );
    for (const [, { environment = {} }] of nodes) {
      for (const name of Object.keys(environment)) expect(known, name).toContain(name);
    }
    expect(read('compose.yaml')).not.toMatch(/(PASSWORD|TOKEN|SECRET_KEY): (?!\$\{)\S/);
    const example = read('ops/compose.env.example');
    for (const name of ['POSTGRES_PASSWORD', 'POSTGRES_ADMIN_PASSWORD', 'REDIS_PASSWORD']) {
      expect(example, name).toMatch(new RegExp(`^${name}=$`, 'm'));
    }
    const asked = [...read('compose.yaml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    const offered = read('ops/compose.env.example');
    for (const name of asked) expect(offered, name).toMatch(new RegExp(`^#?${name}=`, 'm'));
  });

  it('the deployment with Docker Compose keeps the proxy away from PostgreSQL and Redis, and these from everything outside', () => {
    const networksOf = (name: string): string[] => {
      const { networks = [] } = services[name] ?? {};
      return Array.isArray(networks) ? [...networks] : Object.keys(networks);
    };
    expect(networksOf('proxy')).toEqual(['edge']);
    expect(networksOf('postgres')).toEqual(['data']);
    expect(networksOf('redis')).toEqual(['data']);
    for (const [name] of nodes) expect(networksOf(name)).toEqual(['edge', 'data']);
    expect(compose.networks.data.internal).toBe(true);
  });

  it('the deployment with Docker Compose gives the server a user of its own at PostgreSQL, whose superuser no node knows', () => {
    expect(services.postgres?.environment?.POSTGRES_USER).toBe('postgres');
    expect(services.postgres?.environment?.POSTGRES_PASSWORD).toContain('POSTGRES_ADMIN_PASSWORD');
    for (const [, { environment = {} }] of nodes) {
      expect(environment.DATABASE_URL).toContain('postgres://outdial:');
      expect(JSON.stringify(environment)).not.toContain('POSTGRES_ADMIN_PASSWORD');
    }
  });

  it('confines every service: no right that it does not need, and no more than its share', () => {
    for (const [name, service] of Object.entries(services)) {
      expect(service.cap_drop, name).toEqual(['ALL']);
      expect(service.security_opt, name).toEqual(['no-new-privileges:true']);
      expect(service.read_only, name).toBe(true);
      expect(service.mem_limit, name).toMatch(/^\d+[mg]$/);
      expect(service.pids_limit, name).toBeGreaterThan(0);
      expect(service.cap_add, name).toEqual(name === 'proxy' ? ['NET_BIND_SERVICE'] : undefined);
    }
    // Root would need capabilities to become these.
    expect(services.postgres?.user).toBe('postgres');
    expect(services.redis?.user).toBe('redis');
  });

  it('the deployment with Docker Compose gives a node the time it takes to let live calls end', () => {
    for (const [, node] of nodes) {
      expect(Number.parseInt(node.stop_grace_period ?? '', 10)).toBeGreaterThanOrEqual(30);
    }
    for (const service of Object.values(services)) {
      expect(service.privileged).toBeUndefined();
      expect(service.restart).toBe('unless-stopped');
      expect(service.image).not.toMatch(/:latest\}?$|^[^:]+$/);
    }
  });
});
