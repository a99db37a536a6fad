import type { AuditFilter, PersonHashes } from '@outdial/postgres';
import type { AuditEvent, AuditTrail, TransactionAudit } from '../../access/audit-trail.js';

const E164 = /^\+\d{7,15}$/;
/** Free text in which people are named; where it is kept beside, it can be erased. */
const FREE_TEXT: Readonly<Partial<Record<AuditEvent['action'], readonly string[]>>> = {
  // People name files after people.
  suppression_added: ['reason', 'file_name'],
  lead_deleted: ['name'],
  import_started: ['file_name'],
};

/** A number's name in the audit log: always the same, and unreadable without the key. */
export const numberReference = (hashes: PersonHashes, e164: string): string =>
  `number:${Buffer.from(hashes.phone(e164)).toString('base64url').slice(0, 22)}`;

/**
 * The audit log can never be changed, so nothing may get into it that must be erased one day: numbers go in as keyed hashes, by
 * which the same number is found again, and free text about people stays out.
 */
export function withoutPersonalData(
  trail: AuditTrail & TransactionAudit,
  hashes: PersonHashes,
): AuditTrail & TransactionAudit {
  const cleaned = eventCleaner(hashes);
  return {
    append: (event) => trail.append(cleaned(event)),
    appendIn: (tx, events) => trail.appendIn(tx, events.map(cleaned)),
  };
}

function eventCleaner(hashes: PersonHashes): (event: AuditEvent) => AuditEvent {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return E164.test(value) ? numberReference(hashes, value) : value;
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, of]) => [
        key,
        // What a user typed into a search.
        key === 'q' && typeof of === 'string' ? 'a search' : clean(of),
      ]),
    );
  };
  return ({ target, details, ...event }) => {
    const left = { ...details };
    for (const field of FREE_TEXT[event.action] ?? []) delete left[field];
    return {
      ...event,
      ...(target !== undefined && {
        target: { kind: target.kind, id: clean(target.id) as string },
      }),
      ...(details !== undefined && { details: clean(left) as Record<string, unknown> }),
    };
  };
}

/** A number that a user searches the audit log for (E.164), as it stands there. */
export const findingNumbers = (filter: AuditFilter, hashes: PersonHashes): AuditFilter => {
  const asThere = (typed: string | undefined): string | undefined => {
    const number = typed?.replace(/[\s().-]/g, '');
    return number !== undefined && E164.test(number) ? numberReference(hashes, number) : typed;
  };
  return { ...filter, targetId: asThere(filter.targetId), q: asThere(filter.q) };
};
