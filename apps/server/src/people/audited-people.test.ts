import { expect, it } from 'vitest';
import type { AuditEvent } from '../access/audit-trail.js';
import { personHashes } from '../secrets/person-hashes.js';
import { findingNumbers, numberReference, withoutPersonalData } from './audited-people.js';

const hashes = personHashes(Buffer.alloc(32, 1));
const ADA = { kind: 'user', id: null, name: 'Ada' } as const;

it('keeps numbers, reasons and searches out of the audit log, and the same number findable', async () => {
  const kept: AuditEvent[] = [];
  const trail = withoutPersonalData({ append: async (event) => void kept.push(event) }, hashes);
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
