import type { Ids } from '@outdial/core';
import type { LeadPhone } from './lead-phones.js';

/** What people bring of a lead; `phone` is E.164 already. */
export interface LeadFields {
  readonly name: string;
  readonly phone: string;
  readonly jobTitle?: string | null | undefined;
  readonly company?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly headcount?: string | null | undefined;
  readonly industry?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly score?: number | null | undefined;
  /**
   * Further numbers, E.164, in order of preference. An upsert adds those that the lead does not have and takes none away; a patch
   * replaces them all. `phone` is left out of them. At most `FURTHER_PHONES_AT_MOST`.
   */
  readonly furtherPhones?: readonly LeadPhone[] | undefined;
}

export interface UpsertOptions {
  /** What happens to a number that is a lead already. `update` writes what the row has and keeps what it leaves empty. */
  readonly duplicates: 'skip' | 'update';
  /** Also put every lead of the batch into this queue. */
  readonly queueId?: string | undefined;
  /** The place of the first row among the queue's leads of the same `now`; an import gives the number of its row. */
  readonly firstPosition?: number | undefined;
  readonly now: Date;
  readonly ids: Ids;
}
