import type { TelephonyCapabilities } from '@outdial/core';
import type {
  CarrierDeps,
  CarrierManifest,
  CredentialsNow,
  IntegrationManifest,
  OpenCarrier,
} from '@outdial/kit';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createVirtualTime } from '../../virtual-time.js';

/**
 * What every integration promises by its manifest, besides the suite of its port. Runs over each installed one, so that a new one is
 * covered by the line that installs it.
 */
export function manifestContract(manifest: IntegrationManifest): void {
  const { id } = manifest;

  describe(`${id}: the manifest`, () => {
    it('the manifest has an id that can stand in an address and in a file name', () => {
      expect(id).toMatch(/^[a-z][a-z0-9-]{1,39}$/);
    });

    it('the manifest says in words what it is', () => {
      expect(manifest.label.trim()).not.toBe('');
      expect(manifest.summary).toMatch(/\.$/);
    });

    it('the manifest names each credential once, and says where to find it', () => {
      const names = manifest.credentials.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const { name, label, description, group } of manifest.credentials) {
        expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
        expect(label.trim()).not.toBe('');
        expect(description).toMatch(/\.$/);
        expect(group).not.toBe('');
      }
    });

    it('the manifest has a default for every setting, so that it can be connected before anything is set', () => {
      expect(manifest.settings.safeParse({}).success).toBe(true);
    });

    it('the manifest has a title for every setting, from which the form is made', () => {
      const schema = z.toJSONSchema(manifest.settings, { io: 'input' });
      for (const [name, member] of Object.entries(schema.properties ?? {})) {
        expect(member, name).toHaveProperty('title');
      }
    });

    it('the manifest has variables of the environment that set what there is', () => {
      const fields = manifest.credentials.map(({ name }) => name);
      const settings = Object.keys(manifest.settings.shape);
      for (const [variable, target] of Object.entries(manifest.environment)) {
        expect(variable).toMatch(/^[A-Z][A-Z0-9_]*$/);
        if ('credential' in target) expect(fields).toContain(target.credential);
        else expect(settings).toContain(target.setting);
      }
    });
  });

  if (manifest.kind === 'carrier') carrierContract(manifest);
}

function carrierContract(manifest: CarrierManifest): void {
  const open: OpenCarrier[] = [];
  afterEach(async () => {
    for (const carrier of open.splice(0)) await carrier.close();
  });
  const opened = async (connectionId: string, sent: string[] = []): Promise<OpenCarrier> => {
    const carrier = await manifest.open(depsOf(manifest, connectionId, sent));
    open.push(carrier);
    return carrier;
  };

  describe(`${manifest.id}: its connections`, () => {
    it('its connections have the id that they were opened with, and the capabilities of the manifest', async () => {
      const [one, two] = [await opened('one'), await opened('two-2')];
      expect([one.telephony.name, two.telephony.name]).toEqual(['one', 'two-2']);
      expect(one.telephony.capabilities).toEqual(manifest.capabilities);
    });

    it('promise only what fits together', () => {
      const { maxLinesPerAgent, canHangUp, reachesRealPhones }: TelephonyCapabilities =
        manifest.capabilities;
      expect(maxLinesPerAgent).toBeGreaterThan(0);
      // Losers that cannot be hung up ring on, so a second line would make people run to their phones in vain.
      if (maxLinesPerAgent > 1) expect(canHangUp).toBe(true);
      expect(manifest.isPractice === true).toBe(!reachesRealPhones);
    });

    it('its connections send nothing before they are asked to', async () => {
      const sent: string[] = [];
      const carrier = await opened('quiet', sent);
      await carrier.missing();
      expect(sent).toEqual([]);
    });

    it('its connections say in a sentence what is missing while no credential is set', async () => {
      const missing = await (await opened('bare')).missing();
      if (manifest.credentials.length === 0) expect(missing).toBeNull();
      else expect(missing).toMatch(/\.$/);
    });

    it('its connections refuse a call while credentials are missing, as a matter for an admin, and never throw', async () => {
      if (manifest.credentials.length === 0) return;
      const { telephony } = await opened('refusing');
      const answer = await telephony.place({
        callId: '01950000-0000-7000-8000-000000000001',
        to: '+12025550100',
        agent: {
          id: 'agent',
          name: 'Ada',
          email: 'ada@example.com',
          providerUserId: '1',
          providerNumberId: '1',
        },
        ringSeconds: 25,
        attempt: 1,
      });
      expect(answer).toMatchObject({ kind: 'refused', because: 'configuration' });
    });

    it('its connections are closed twice without harm', async () => {
      const carrier = await opened('closing');
      await carrier.close();
      await carrier.close();
    });

    it('accept no webhook without a proof, whatever is sent, and never throw', async () => {
      const { webhook } = await opened('receiving');
      if (webhook === undefined) return;
      expect(webhook.refusedMessage).toMatch(/\.$/);
      const refuses = (body: Buffer) => {
        for (const path of ['secret', 'plain'] as const) {
          expect(webhook.verify(body, path)).toMatchObject({ ok: false });
        }
      };
      fc.assert(
        fc.property(
          fc.oneof(
            fc.uint8Array().map((bytes) => Buffer.from(bytes)),
            fc.json().map((text) => Buffer.from(text)),
            fc
              .dictionary(fc.constantFrom('token', 'signature', 'event', 'data'), fc.jsonValue())
              .map((body) => Buffer.from(JSON.stringify(body))),
          ),
          refuses,
        ),
        { numRuns: 300, seed: 1 },
      );
    });

    it('its connections are checked without throwing, and each problem says what to do', async () => {
      const findings = await manifest.check({
        settings: manifest.settings.parse({}),
        credentials: NO_CREDENTIALS,
        timers: createVirtualTime(new Date('2026-11-20T15:00:00.000Z')),
        fetchTo: () => () => Promise.reject(new Error('Nothing is sent without credentials.')),
        webhookBase: null,
      });
      expect(findings.length).toBeGreaterThan(0);
      for (const { state, fix } of findings) {
        if (state === 'problem') expect(fix).toMatch(/\.$/);
      }
    });
  });
}

const NO_CREDENTIALS: CredentialsNow = { value: async () => null, known: () => null };

function depsOf(
  manifest: CarrierManifest,
  connectionId: string,
  sent: string[],
): CarrierDeps<Record<string, unknown>> {
  const log = () => undefined;
  return {
    connectionId,
    settings: manifest.settings.parse({}),
    credentials: NO_CREDENTIALS,
    timers: createVirtualTime(new Date('2026-11-20T15:00:00.000Z')),
    log: { info: log, warn: log, error: log },
    watch: { waited: log, failed: log },
    fetchTo: () => async (input) => {
      sent.push(String(input));
      throw new Error('The contract has no network.');
    },
    sharedCount: async () => undefined,
    shared: null,
    deliver: async () => undefined,
    webhookUrl: null,
    formerWebhookUrls: [],
  };
}
