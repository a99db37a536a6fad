/** How a call ended. The table of the design (section 5) stands here once; everything else asks it. */
export const OUTCOMES = [
  'CONNECTED',
  'NO_ANSWER',
  'BUSY',
  'VOICEMAIL',
  'CANCELED_BY_DIALER',
  'ABANDONED',
  'FAILED',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The metric that a completed call adds to. */
export type Metric = 'connected' | 'failed' | 'canceled';

interface OutcomeMeaning {
  readonly disposition: string;
  readonly note: string;
  readonly metric: Metric;
}

const MEANINGS: Readonly<Record<Outcome, OutcomeMeaning>> = {
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

/** What an outcome means for the sale, for the CRM's note and for the metrics, before the agent refines it. */
export const meaningOf = (outcome: Outcome): OutcomeMeaning => MEANINGS[outcome];
