import type { Outcome } from '@outdial/core';

/** A page of a list, and where the next one begins. */
export interface CrmPage<T> {
  readonly rows: readonly T[];
  readonly total: number;
  readonly nextCursor: string | null;
}

export interface CrmPageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface CrmContactView {
  readonly externalId: string;
  readonly leadId: string;
  readonly name: string;
  readonly phone: string;
  readonly email: string | null;
  readonly company: string | null;
  readonly jobTitle: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface CrmActivityView {
  readonly id: string;
  readonly callId: string;
  readonly leadId: string;
  readonly contactExternalId: string;
  readonly outcome: Outcome;
  readonly disposition: string;
  readonly notes: string;
  readonly agentName: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly talkSeconds: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a person sees who opens the CRM. Newest first. A cursor of another list throws an error with the code `BAD_CURSOR`. */
export interface CrmReadings {
  /** `q`: part of a name, number, e-mail, company or id. */
  listContacts(
    query: CrmPageRequest & { readonly q?: string | undefined },
  ): Promise<CrmPage<CrmContactView>>;
  listActivities(
    query: CrmPageRequest & {
      readonly leadId?: string | undefined;
      readonly callId?: string | undefined;
    },
  ): Promise<CrmPage<CrmActivityView>>;
  activitiesOfLead(leadId: string): Promise<readonly CrmActivityView[]>;
}

/** Ways in which a CRM for tests and training fails on demand. */
export interface CrmFaults {
  readonly down?: boolean;
  /** Share of requests that fail, 0 to 1. */
  readonly failRate?: number;
  /** Share of requests that are carried out and whose answer is lost, 0 to 1. */
  readonly loseAnswerRate?: number;
}

export interface CrmFaultSwitch {
  /** Replaces all faults; `{}` ends them. Other nodes follow within a second. */
  setFaults(faults: CrmFaults): Promise<void>;
  faults(): Promise<CrmFaults>;
}
