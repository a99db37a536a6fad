import { checkDispositionSet } from '@outdial/core';
import { type Disposition, operations } from '@outdial/protocol';
import { changedFields } from '../../access/changed-fields.js';
import { heldTo } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { record } from '../../operations/record.js';
import { doesNotFit } from '../../platform/does-not-fit.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { fromWireDisposition, toWireDispositions } from './to-wire.js';

type Ports = Pick<HttpPorts, 'dispositions' | 'queues' | 'clock' | 'audit'>;

export function dispositionHandlers(ports: Ports): readonly Handled[] {
  const { dispositions, clock } = ports;
  return [
    handle(operations.dispositions.list, async (request) => {
      const { queue_id: queueId } = request.query;
      // An agent who lost a queue still has calls of it; a queue of others answers them like one that is not there.
      const workableBy = heldTo(request, 'queues.manage') ?? undefined;
      if (workableBy === undefined) await checkQueue(ports, queueId);
      const queue = queueId === undefined ? null : await ports.queues.get(queueId, workableBy);
      return toWireDispositions(await dispositions.inForce(queue?.id ?? null));
    }),

    handle(operations.dispositions.put, async (request) => {
      const { query, body } = request;
      const queueId = query.queue_id ?? null;
      await checkQueue(ports, query.queue_id);
      if (body.dispositions === null && queueId === null) {
        throw doesNotFit([
          { field: 'dispositions', message: 'may be null only together with queue_id' },
        ]);
      }
      const wanted = body.dispositions?.map(fromWireDisposition) ?? null;
      if (wanted !== null) refuseFaults(wanted);
      const before = toWireDispositions(await dispositions.inForce(queueId));
      const answer = await dispositions.put(queueId, wanted, body.version, clock.now());
      if (answer.kind === 'conflict') {
        throw new Refusal(
          'version_conflict',
          `The dispositions are at version ${answer.version}, not ${body.version}. Read them again, then save.`,
          { errors: [{ field: 'version', message: `is not ${answer.version}` }] },
        );
      }
      const after = toWireDispositions(await dispositions.inForce(queueId));
      await record(ports, request, {
        action: 'dispositions_changed',
        target: { kind: 'dispositions', id: queueId ?? 'all' },
        details: { ...changedFields(byCode(before.dispositions), byCode(after.dispositions)) },
      });
      return after;
    }),
  ];
}

async function checkQueue(
  { queues }: Pick<Ports, 'queues'>,
  queueId: string | undefined,
): Promise<void> {
  if (queueId !== undefined && (await queues.get(queueId)) === null) throw notFound('queue');
}

function refuseFaults(wanted: Parameters<typeof checkDispositionSet>[0]): void {
  const faults = checkDispositionSet(wanted).map(({ index, field, message }) => ({
    field: ['dispositions', index, field].filter((part) => part !== null).join('.'),
    message,
  }));
  if (faults.length > 0) throw doesNotFit(faults);
}

/** For the audit log: what changed about which disposition. */
const byCode = (dispositions: readonly Disposition[]): Record<string, string> =>
  Object.fromEntries(
    dispositions.map(({ code, label, effect, retry, color, key }) => [
      code,
      JSON.stringify({ label, effect, retry, color, key }),
    ]),
  );
