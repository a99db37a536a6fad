import { expect, it } from 'vitest';
import type { AuditEvent } from '../../access/audit-trail.js';
import { personHashes } from '../../secrets/person-hashes.js';
import { findingNumbers, numberReference, withoutPersonalData } from './audited-people.js';

const hashes = personHashes(Buffer.alloc(32, 1));
const keptIn = (kept: AuditEvent[]) => ({
  append: async (event: AuditEvent) => void kept.push(event),
  appendIn: async (_tx: unknown, events: readonly AuditEvent[]) => void kept.push(...events),
});
const ADA = { kind: 'user', id: null, name: 'Ada' } as const;

it('keeps numbers, reasons and searches out of the audit log, and the same number findable', async () => {
  const kept: AuditEvent[] = [];
  const trail = withoutPersonalData(keptIn(kept), hashes);
  await trail.append({
    action: 'suppression_added',
    actor: ADA,
    target: { kind: 'phone_number', id: '+12025550177' },
    details: { numbers: ['+12025550177'], added: 1, reason: 'Zoë Quillfeather asked' },
  });
  await trail.append({
    action: 'exported',
    actor: ADA,
    details: { rows: 3, filter: { q: 'quillfeather', outcome: 'BUSY' } },
  });
  const reference = numberReference(hashes, '+12025550177');
  expect(kept).toEqual([
    {
      action: 'suppression_added',
      actor: ADA,
      target: { kind: 'phone_number', id: reference },
      details: { numbers: [reference], added: 1 },
    },
    {
      action: 'exported',
      actor: ADA,
      details: { rows: 3, filter: { q: 'a search', outcome: 'BUSY' } },
    },
  ]);
  expect(findingNumbers({ q: '+1 (202) 555-0177' }, hashes).q).toBe(reference);
  expect(findingNumbers({ q: 'Ada', targetId: '42' }, hashes)).toMatchObject({
    q: 'Ada',
    targetId: '42',
  });
});

it.each(['import_started', 'suppression_added'] as const)(
  'keeps the name of a file out of the audit log (%s), since people name files after people',
  async (action) => {
    const kept: AuditEvent[] = [];
    const trail = withoutPersonalData(keptIn(kept), hashes);
    await trail.append({
      action,
      actor: ADA,
      target: { kind: 'import', id: '42' },
      details: { file_name: 'Zoë Quillfeather private.csv', rows: 3 },
    });
    expect(kept).toMatchObject([{ details: { rows: 3 } }]);
    expect(JSON.stringify(kept)).not.toContain('Quillfeather');
  },
);
