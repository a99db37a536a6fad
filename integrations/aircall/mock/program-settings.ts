import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type ApiFaultInput, apiFaultSchema } from './api-faults.js';
import {
  type Behaviour,
  behaviourSchema,
  type DeepPartial,
  type EventFaults,
} from './behaviour.js';
import type { MockAircallOptions } from './mock-aircall.js';

export const usage = `Usage: npm run mock -- aircall [flags]

Each flag has an environment variable of the same name, as in --rate-limit and MOCK_AIRCALL_RATE_LIMIT (--port: PORT).

  --port 4010            --host 127.0.0.1       --speed 1              --seed 1
  --api-id mock-id       --api-token mock-token --bearer mock-bearer
  --webhook-url http://127.0.0.1:3000/webhooks/aircall   (none: register no webhook)
  --webhook-token mock-webhook-token
  --outdial-url http://127.0.0.1:3000

What the reference leaves open:
  --rate-limit 120       --rate-reset s|ms      --rate-headers always|when_limited
  --v1-user-reads served|not_found|gone         --talk-seconds 20-120
  --wrap-up-time 0       (of all agents)

Faults, in percent unless it says seconds:
  --duplicate 0  --drop 0  --delay-seconds 0  --shuffle-seconds 0  --hungup-omitted 0  --ended-before-hungup 0
  --user-absent 0  --order-lost 0  --double-connected
  --api-fault '{"path":"/v1/users/*/calls","mode":"status","status":500,"executed":true,"count":1}'   (repeatable)
`;

const number = z.coerce.number().min(0);
const percent = number.max(100);
const faultFromJson = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('must be JSON');
      return z.NEVER;
    }
  })
  .pipe(apiFaultSchema);
const programSchema = z.object({
  port: z.coerce.number().int().min(0).max(65_535).default(4010),
  host: z.string().default('127.0.0.1'),
  speed: z.coerce.number().positive().default(1),
  seed: z.coerce.number().int().default(1),
  'api-id': z.string().min(1).default('mock-id'),
  'api-token': z.string().min(1).default('mock-token'),
  bearer: z.string().min(1).default('mock-bearer'),
  'webhook-url': z.string().optional(),
  'webhook-token': z.string().min(1).default('mock-webhook-token'),
  'outdial-url': z.url().default('http://127.0.0.1:3000'),
  'rate-limit': z.coerce.number().int().positive().optional(),
  'rate-reset': z.enum(['s', 'ms']).optional(),
  'rate-headers': z.enum(['always', 'when_limited']).optional(),
  'v1-user-reads': behaviourSchema.shape.v1UserReads.optional(),
  'talk-seconds': z
    .string()
    .regex(/^\d+-\d+$/, 'must look like 20-120')
    .optional(),
  'wrap-up-time': number.default(0),
  duplicate: percent.default(0),
  drop: percent.default(0),
  'delay-seconds': number.default(0),
  'shuffle-seconds': number.default(0),
  'hungup-omitted': percent.default(0),
  'ended-before-hungup': percent.default(0),
  'user-absent': percent.default(0),
  'order-lost': percent.default(0),
  'double-connected': z.union([z.boolean(), z.stringbool()]).default(false),
  'api-fault': z.array(faultFromJson).default([]),
});

type Program = z.output<typeof programSchema>;

export interface ProgramSettings {
  readonly options: MockAircallOptions;
  readonly apiFaults: readonly ApiFaultInput[];
  readonly wrapUpTime: number;
  readonly outdialUrl: string;
  /** Absent when no webhook is registered at the start. */
  readonly webhook: { readonly url: string; readonly token: string } | undefined;
}

/** Flags win over the environment. All problems are reported together, by throwing a ZodError. */
export function readProgramSettings(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ProgramSettings {
  const names = Object.keys(programSchema.shape);
  const flags = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      names.map((name) => [
        name,
        {
          type: name === 'double-connected' ? ('boolean' as const) : ('string' as const),
          multiple: name === 'api-fault',
        },
      ]),
    ),
  }).values;
  const given: Record<string, unknown> = {};
  for (const name of names) {
    const variable =
      name === 'port' ? 'PORT' : `MOCK_AIRCALL_${name.toUpperCase().replaceAll('-', '_')}`;
    const fromEnvironment = environment[variable];
    given[name] =
      flags[name] ??
      (name === 'api-fault' && fromEnvironment ? [fromEnvironment] : fromEnvironment);
  }
  return toSettings(programSchema.parse(given));
}

function toSettings(program: Program): ProgramSettings {
  const url =
    program['webhook-url'] ?? `${program['outdial-url'].replace(/\/$/, '')}/webhooks/aircall`;
  const webhook = url === 'none' ? undefined : { url, token: program['webhook-token'] };
  return {
    options: {
      port: program.port,
      host: program.host,
      speed: program.speed,
      seed: program.seed,
      credentials: {
        apiId: program['api-id'],
        apiToken: program['api-token'],
        bearer: program.bearer,
      },
      behaviour: behaviourOf(program),
      eventFaults: eventFaultsOf(program),
      webhooks: webhook ? [webhook] : [],
    },
    apiFaults: program['api-fault'],
    wrapUpTime: program['wrap-up-time'],
    outdialUrl: program['outdial-url'],
    webhook,
  };
}

function behaviourOf(program: Program): DeepPartial<Behaviour> {
  const talk = program['talk-seconds']?.split('-').map(Number);
  return {
    rateLimit: {
      ...(program['rate-limit'] !== undefined && { perMinute: program['rate-limit'] }),
      ...(program['rate-reset'] && { resetUnit: program['rate-reset'] }),
      ...(program['rate-headers'] && { headers: program['rate-headers'] }),
    },
    ...(program['v1-user-reads'] && { v1UserReads: program['v1-user-reads'] }),
    ...(talk && { fates: { talkSeconds: [talk[0] ?? 0, talk[1] ?? 0] } }),
  };
}

function eventFaultsOf(program: Program): Partial<EventFaults> {
  return {
    duplicatePercent: program.duplicate,
    dropPercent: program.drop,
    delaySeconds: program['delay-seconds'],
    shuffleWindowSeconds: program['shuffle-seconds'],
    hungupOmittedPercent: program['hungup-omitted'],
    endedBeforeHungupPercent: program['ended-before-hungup'],
    userAbsentPercent: program['user-absent'],
    orderLostPercent: program['order-lost'],
    doubleUserConnected: program['double-connected'],
  };
}
