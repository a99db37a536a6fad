import type { Outcome } from '@outdial/protocol';

/** Design, section 5: what each outcome means for the sale, for the CRM's note and for the metrics. Written out anew. */
export const OUTCOME_TABLE: Readonly<
  Record<
    Outcome,
    { disposition: string; note: string; metric: 'connected' | 'failed' | 'canceled' }
  >
> = {
  CONNECTED: {
    disposition: 'Connected - Conversation',
    note: 'Call connected successfully. Lead engaged in conversation.',
    metric: 'connected',
  },
  NO_ANSWER: {
    disposition: 'No Answer',
    note: 'Call went unanswered after multiple rings.',
    metric: 'failed',
  },
  BUSY: { disposition: 'Busy', note: 'Line was busy. Will retry later.', metric: 'failed' },
  VOICEMAIL: {
    disposition: 'Left Voicemail',
    note: 'Reached voicemail. No message left.',
    metric: 'failed',
  },
  CANCELED_BY_DIALER: {
    disposition: 'Canceled by Dialer',
    note: 'Call was canceled because another line connected first.',
    metric: 'canceled',
  },
  ABANDONED: {
    disposition: 'Abandoned',
    note: 'A person answered after another line had connected.',
    metric: 'failed',
  },
  FAILED: { disposition: 'Failed', note: 'The call could not be placed.', metric: 'failed' },
};
