import type { Clock, Jobs } from '@outdial/core';
import type {
  DataSubjectStore,
  EraseAnswer,
  Person,
  PersonData,
  PersonHashes,
  PersonKey,
} from '@outdial/postgres';
import { ERASE_REASONS, type EraseReason } from '@outdial/protocol';
import { type Author, appendOrRefuse, type TransactionAudit } from '../../access/audit-trail.js';
import { normalEmail } from '../../secrets/person-hashes.js';
import { numberReference } from './audited-people.js';
import { kindOf, toWireErased } from './to-wire.js';
import { withoutPerson } from './without-person.js';

/** What is known of a person, and how it is let go of. */
export interface People {
  /** null: nothing here is about them. */
  read(key: PersonKey): Promise<{ readonly person: Person; readonly data: PersonData } | null>;
  /** The CRM follows afterwards, as their calls are synced again without them. */
  erase(key: PersonKey, reason: EraseReason, author: Author): Promise<EraseAnswer>;
  /** The person that it is about, for the audit log: a keyed hash, or the lead's id. */
  reference(key: PersonKey): { readonly kind: 'person'; readonly id: string };
}

/** An answer of some megabytes; a person who was called more often than this in the time that calls are kept is a test line. */
const MOST_ROWS = 5_000;

export function createPeople(ports: {
  readonly store: DataSubjectStore;
  readonly audit: TransactionAudit;
  readonly hashes: PersonHashes;
  readonly jobs: Jobs;
  readonly clock: Clock;
  /** Called once a person was erased: live events about them must not be delivered again. */
  readonly erased?: () => void;
}): People {
  const { store, audit, hashes, jobs, clock, erased = () => undefined } = ports;
  return {
    async read(key) {
      const person = await store.find(key);
      if (person === null) return null;
      const references = [
        ...person.phones.map((phone) => numberReference(hashes, phone)),
        ...person.emails.map((email) => referenceOf({ kind: 'email', email }, hashes)),
      ];
      return { person, data: await store.read(person, { limit: MOST_ROWS, references }) };
    },
    async erase(key, reason, author) {
      const answer = await store.erase(key, {
        now: clock.now(),
        suppressedBecause: `Erased. ${ERASE_REASONS[reason]}.`,
        withoutPerson,
        beforeCommit: (tx, counts) =>
          appendOrRefuse(audit, tx, [
            {
              ...author,
              action: 'person_erased',
              target: { kind: 'person', id: referenceOf(key, hashes) },
              details: { found_by: kindOf(key), reason, ...toWireErased(counts) },
            },
          ]),
      });
      if (answer.kind === 'erased') {
        erased();
        for (const id of answer.callIds) jobs.wake({ job: 'sync-call', id });
      }
      return answer;
    },
    reference: (key) => ({ kind: 'person', id: referenceOf(key, hashes) }),
  };
}

function referenceOf(key: PersonKey, hashes: PersonHashes): string {
  switch (key.kind) {
    case 'lead':
      return key.leadId;
    case 'phone':
      return numberReference(hashes, key.phone);
    case 'email':
      return `email:${Buffer.from(hashes.email(normalEmail(key.email)))
        .toString('base64url')
        .slice(0, 22)}`;
    default:
      return key satisfies never;
  }
}
