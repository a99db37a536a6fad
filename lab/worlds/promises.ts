import {
  type Call,
  type ContactRule,
  type CrmRecords,
  isConversation,
  isHandedOn,
  isLive,
  meaningOf,
  type Outcome,
  type QueueItem,
  rememberedOffsets,
  type Session,
  WRAP_UP_HELD_AT_MOST_MS,
} from '@outdial/core';

/** Everything that can be seen of a dialer from outside at one moment: its rows, and what the others saw of it. */
export interface Snapshot {
  readonly now: Date;
  readonly sessions: readonly Session[];
  readonly calls: readonly Call[];
  readonly items: readonly QueueItem[];
  readonly suppressions: readonly { readonly phone: string; readonly since: Date }[];
  /** What dispositions say about their persons at the moment. */
  readonly contactRules: readonly SaidOfPerson[];
  /** Calls of any session to the numbers that are on a live call of `calls`. */
  readonly earlierCalls: readonly Call[];
  readonly events: readonly { readonly dedupeKey: string; readonly state: string }[];
  readonly activities: readonly SeenActivity[];
  readonly crmRecords: CrmRecords;
  readonly provider: SeenProvider;
}

export interface SaidOfPerson {
  readonly effect: ContactRule['effect'];
  readonly leadId: string;
  readonly phones: readonly string[];
  readonly since: Date;
}

/** The provider's own ledger. */
export interface SeenProvider {
  readonly maxLinesPerAgent: number;
  readonly canHangUp: boolean;
  readonly reachesRealPhones: boolean;
  /** One entry each time that it placed a call. */
  readonly calls: readonly SeenCall[];
  /** The events that were answered with 200. */
  readonly acknowledged: readonly string[];
}

export interface SeenCall {
  /** The dialer's own id. */
  readonly callId: string;
  readonly to: string;
  readonly agentId: string;
  readonly live: boolean;
  /** The agent handed it on, and has the line free. */
  readonly handedOn?: boolean;
  /** Who answered, as far as the provider could tell. */
  readonly answeredBy: 'PERSON' | 'MACHINE' | null;
  /** When the dialer committed itself to this call: from then on nothing could take it back. */
  readonly decidedAt: Date;
}

export interface SeenActivity {
  readonly callId: string;
  readonly activityId: string;
  readonly outcome: Outcome;
  readonly disposition: string;
}

/** Section 5 of design.md says more about sessions than its promises do. */
export type PromiseNumber =
  | 'P1'
  | 'P2'
  | 'P3'
  | 'P4'
  | 'P5'
  | 'P6'
  | 'P7'
  | 'P8'
  | 'P9'
  | 'P10'
  | 'P17'
  | 'section 5';

export interface Breach {
  readonly promise: PromiseNumber;
  /** What was seen instead. */
  readonly saw: string;
}

/** A promise of design.md, section 4, as something that can be looked at: every breach of it, none when it is kept. */
export type PromiseCheck = (snapshot: Snapshot) => readonly Breach[];

/** P1: a phone number is never on two live calls at once, in the dialer's rows or at the provider. */
export const oneLiveCallPerNumber: PromiseCheck = ({ calls, provider }) => [
  ...repeated(
    calls.filter(isLive).map(({ phone }) => phone),
    'P1',
    (phone) => `${phone} is on two live calls.`,
  ),
  ...repeated(
    provider.calls.filter(({ live }) => live).map(({ to }) => to),
    'P1',
    (to) => `${to} is on two live calls at the provider.`,
  ),
];

/** P2: an item is claimed by at most one session, for exactly one live call; a lead is called by one. */
export const oneClaimPerLead: PromiseCheck = ({ calls, items }) => {
  const live = calls.filter(isLive);
  const ofItem = new Map(live.map((call) => [call.queueItemId, call]));
  const breaches = repeated(
    live.map(({ leadId }) => leadId),
    'P2',
    (leadId) => `Lead ${leadId} is on two live calls.`,
  );
  for (const item of items) {
    const call = ofItem.get(item.id);
    if (item.state === 'CLAIMED' && call?.sessionId !== item.claimedBySessionId) {
      breaches.push(
        breach('P2', `Item ${item.id} is claimed by ${item.claimedBySessionId} without its call.`),
      );
    }
    if (item.state !== 'CLAIMED' && call !== undefined) {
      breaches.push(
        breach('P2', `Item ${item.id} is ${item.state} while call ${call.id} is live.`),
      );
    }
  }
  return breaches;
};

/** P3: a call is placed with the provider at most once. */
export const placedAtMostOnce: PromiseCheck = ({ provider }) =>
  repeated(
    provider.calls.map(({ callId }) => callId),
    'P3',
    (callId) => `Call ${callId} was placed twice.`,
  );

/** P4: a round has at most one winner, which is a conversation. */
export const oneWinnerPerRound: PromiseCheck = ({ calls }) => {
  const winners = calls.filter((call) => 'winner' in call && call.winner);
  return [
    ...repeated(
      winners.map((call) => `${call.sessionId} ${call.round}`),
      'P4',
      (round) => `Round ${round} has two winners.`,
    ),
    ...calls.flatMap((call) =>
      call.state === 'COMPLETED' && call.winner !== (call.outcome === 'CONNECTED')
        ? [breach('P4', `Call ${call.id}: winner ${call.winner}, but ${call.outcome}.`)]
        : [],
    ),
  ];
};

/** P6, at any time: no call has two activities. */
export const noActivityTwice: PromiseCheck = ({ activities }) =>
  repeated(
    activities.map(({ callId }) => callId),
    'P6',
    (callId) => `Call ${callId} has two activities.`,
  );

/** P7: a webhook answered with 200 is never lost. */
export const noEventLost: PromiseCheck = ({ events, provider }) => {
  if (provider.acknowledged.length === 0) return [];
  const kept = new Set(events.map(({ dedupeKey }) => dedupeKey));
  return provider.acknowledged.flatMap((key) =>
    kept.has(key) ? [] : [breach('P7', `Event ${key} was answered with 200 and is gone.`)],
  );
};

/** P8: no suppressed number is dialed, none outside its calling window, and the decision stands with the call. */
export const onlyCallableNumbersDialed: PromiseCheck = ({
  calls,
  sessions,
  suppressions,
  provider,
}) => {
  const since = new Map(suppressions.map((suppression) => [suppression.phone, suppression.since]));
  const sessionOf = new Map(sessions.map((session) => [session.id, session]));
  const suppressed = provider.calls.flatMap(({ callId, to, decidedAt }) => {
    const from = since.get(to);
    return from !== undefined && from < decidedAt
      ? [breach('P8', `${to} was dialed by call ${callId} after it was suppressed.`)]
      : [];
  });
  const outside = calls.flatMap((call) => {
    const settings = sessionOf.get(call.sessionId)?.settings;
    if (call.state === 'QUEUED' || call.dialedAt === null || settings === undefined) return [];
    const { rule, zones, until } = call.clearance;
    if (rule === 'window_off') {
      return provider.reachesRealPhones || settings.enforceWindow === true
        ? [breach('P8', `Call ${call.id} was not held to its calling window.`)]
        : [];
    }
    const { startMinute, endMinute } = settings.callingWindow;
    const minutes = zones.map((zone) => localMinute(zone, call.dialedAt ?? call.queuedAt));
    const inside = minutes.every((minute) => minute >= startMinute && minute < endMinute);
    return inside && minutes.length > 0 && until !== null && call.dialedAt < until
      ? []
      : [breach('P8', `Call ${call.id} was dialed outside its window: ${minutes.join(', ')}.`)];
  });
  return [...suppressed, ...outside];
};

/** P4: an agent has at most one conversation; what they have handed on is none. */
export const oneConversationPerAgent: PromiseCheck = ({ calls }) =>
  repeated(
    calls.filter(isConversation).map(({ agentId }) => agentId),
    'P4',
    (agentId) => `Agent ${agentId} has two conversations.`,
  );

const isOnLine = (call: Call): boolean => isLive(call) && !isHandedOn(call);

/** P9: a session never has more live calls than lines, nor an agent more than the provider allows. */
export const noMoreCallsThanLines: PromiseCheck = ({ sessions, calls, provider }) => {
  const sessionOfCall = new Map(calls.map((call) => [call.id, call.sessionId]));
  const atProvider = provider.calls.filter(({ live, handedOn }) => live && !handedOn);
  const rows = countBy(calls.filter(isOnLine).map(({ sessionId }) => sessionId));
  const ringing = countBy(atProvider.map(({ callId }) => sessionOfCall.get(callId) ?? ''));
  const ofAgent = countBy(calls.filter(isOnLine).map(({ agentId }) => agentId));
  return [
    ...sessions.flatMap(({ id, lines }) => {
      const most = Math.max(rows.get(id) ?? 0, ringing.get(id) ?? 0);
      return most > lines ? [breach('P9', `Session ${id}: ${most} calls on ${lines} lines.`)] : [];
    }),
    ...[...ofAgent].flatMap(([agentId, most]) =>
      most > provider.maxLinesPerAgent
        ? [breach('P9', `Agent ${agentId} has ${most} calls; the provider allows fewer.`)]
        : [],
    ),
  ];
};

/** P10: metrics are sums over calls. */
export const metricsAreSums: PromiseCheck = ({ sessions, calls }) => {
  const sums = new Map<string, Record<'attempted' | 'connected' | 'failed' | 'canceled', number>>();
  for (const call of calls) {
    const sum = sums.get(call.sessionId) ?? { attempted: 0, connected: 0, failed: 0, canceled: 0 };
    sums.set(call.sessionId, sum);
    sum.attempted += 1;
    if (call.state === 'COMPLETED') sum[meaningOf(call.outcome).metric] += 1;
  }
  return sessions.flatMap(({ id, metrics }) => {
    const sum = sums.get(id) ?? { attempted: 0, connected: 0, failed: 0, canceled: 0 };
    return sum.attempted === metrics.attempted &&
      sum.connected === metrics.connected &&
      sum.failed === metrics.failed &&
      sum.canceled === metrics.canceled
      ? []
      : [breach('P10', `Session ${id}: ${JSON.stringify(metrics)}, but ${JSON.stringify(sum)}.`)];
  });
};

/**
 * Section 5: an agent has one session that is not STOPPED; one that is PAUSED or STOPPED places nothing more; one that
 * stops at its first conversation has stopped by then.
 */
export const sessionsBehave: PromiseCheck = ({ sessions, calls }) => {
  const statusOf = new Map(sessions.map(({ id, status }) => [id, status]));
  return [
    ...repeated(
      sessions.filter(({ status }) => status !== 'STOPPED').map(({ agentId }) => agentId),
      'section 5',
      (agentId) => `Agent ${agentId} has two sessions.`,
    ),
    ...calls.flatMap(({ id, state, sessionId }) =>
      state === 'QUEUED' && statusOf.get(sessionId) !== 'RUNNING'
        ? [
            breach(
              'section 5',
              `Call ${id} waits to be placed, its session ${sessionId} does not run.`,
            ),
          ]
        : [],
    ),
    ...sessions.flatMap(({ id, afterConnect, status, winnerCallId }) =>
      afterConnect === 'stop' && winnerCallId !== null && status !== 'STOPPED'
        ? [breach('section 5', `Session ${id} goes on after its first conversation.`)]
        : [],
    ),
  ];
};

/** Section 5: a wrap-up ends, however often a page holds it. */
export const wrapUpEnds: PromiseCheck = ({ sessions }) =>
  sessions.flatMap(({ id, phase, phaseSince, wrapUpUntil, settings }) => {
    if (phase !== 'WRAP_UP' || wrapUpUntil === null) return [];
    const lasts = wrapUpUntil.getTime() - phaseSince.getTime();
    return lasts > Math.max(settings.wrapUpSeconds * 1000, WRAP_UP_HELD_AT_MOST_MS)
      ? [breach('section 5', `The wrap-up of session ${id} lasts ${lasts} ms.`)]
      : [];
  });

/**
 * Section 5: wrap-up follows each conversation whose session goes on; a machine that had been taken for a person was none.
 * `before` and `after` are the call's last two states.
 */
export function wrapUpLeftOut(
  before: Call,
  after: Call,
  session: Session | undefined,
): readonly Breach[] {
  const isOver =
    after.state === 'COMPLETED' || (after.state === 'IN_PROGRESS' && isHandedOn(after));
  if (!isConversation(before) || !isOver || !after.winner) return [];
  if (session === undefined || session.status === 'STOPPED') return [];
  if (session.settings.wrapUpSeconds === 0 || session.round !== after.round) return [];
  return session.wrapUpUntil === null
    ? [breach('section 5', `No wrap-up followed conversation ${after.id}.`)]
    : [];
}

/** P5, in the end: every call is over, and came out as the provider saw it. */
export const everyCallEnded: PromiseCheck = ({ calls, provider }) => {
  const seen = new Map(provider.calls.map((call) => [call.callId, call]));
  return [
    ...provider.calls.flatMap(({ callId, live }) =>
      live ? [breach('P5', `Call ${callId} is still up at the provider.`)] : [],
    ),
    ...calls.flatMap((call) => {
      if (isLive(call)) return [breach('P5', `Call ${call.id} is ${call.state} for ever.`)];
      const expected = outcomesOf(seen.get(call.id));
      return expected.includes(call.outcome)
        ? []
        : [breach('P5', `Call ${call.id} came out ${call.outcome}, not ${expected.join(' or ')}.`)];
    }),
  ];
};

/** How a call may come out, given what the provider saw of it. */
function outcomesOf(seen: SeenCall | undefined): readonly Outcome[] {
  if (seen === undefined) return ['FAILED', 'CANCELED_BY_DIALER'];
  switch (seen.answeredBy) {
    // P4: a second person who answers is counted as abandoned, whatever was asked for before.
    case 'PERSON':
      return ['CONNECTED', 'ABANDONED'];
    case 'MACHINE':
      return ['VOICEMAIL'];
    case null:
      return ['NO_ANSWER', 'BUSY', 'FAILED', 'CANCELED_BY_DIALER'];
    default: {
      const never: never = seen.answeredBy;
      return never;
    }
  }
}

/** P4, in the end: each abandoned person lost to a winner, or the agent ended the call. */
export const noNeedlessAbandonment: PromiseCheck = ({ calls }) =>
  calls.flatMap((call) =>
    call.state === 'COMPLETED' && call.outcome === 'ABANDONED' && call.cancellation === null
      ? winnerBefore(call.sessionId, call.round, calls)
        ? []
        : [breach('P4', `Call ${call.id} is ABANDONED, but no other call won.`)]
      : [],
  );

const winnerBefore = (sessionId: string, round: number, calls: readonly Call[]): boolean =>
  calls.some(
    (call) =>
      call.sessionId === sessionId && call.round >= round && 'winner' in call && call.winner,
  );

/** P8: what a person said on one call holds in every queue, for each of their numbers. */
export const whatWasSaidHolds: PromiseCheck = ({ calls, contactRules, provider }) => {
  if (contactRules.length === 0) return [];
  const leadOf = new Map(calls.map((call) => [call.id, call.leadId]));
  return provider.calls.flatMap(({ callId, to, decidedAt }) =>
    contactRules
      .filter(({ effect, leadId, phones, since }) => {
        if (effect === 'waits' || since >= decidedAt) return false;
        const sameLead = effect !== 'suppress_number' && leadOf.get(callId) === leadId;
        return sameLead || phones.includes(to);
      })
      .map(({ effect }) => breach('P8', `${to} was dialed by call ${callId} after ${effect}.`)),
  );
};

/** P8: two calls to a number are apart, and no more in a day than allowed, whichever queues and nodes place them. */
export const numbersRest: PromiseCheck = ({ calls, sessions, earlierCalls, provider }) => {
  const sessionOf = new Map(sessions.map((session) => [session.id, session]));
  return calls.flatMap((call) => {
    const settings = sessionOf.get(call.sessionId)?.settings;
    if (!isLive(call) || call.state === 'QUEUED' || settings === undefined) return [];
    const { decidedAt, contact } = call.clearance;
    const enforced = provider.reachesRealPhones || settings.enforceContactLimits === true;
    if (!contact) {
      return enforced ? [breach('P8', `Call ${call.id} was not held to gap and cap.`)] : [];
    }
    if (contact.promised) return [];
    const { gapSeconds, callsPerDay } = settings.contactLimits;
    const others = earlierCalls.filter(
      (other) =>
        other.id !== call.id &&
        other.phone === call.phone &&
        'dialedAt' in other &&
        other.dialedAt !== null,
    );
    const breaches: Breach[] = [];
    for (const other of others) {
      if (other.state !== 'COMPLETED') continue;
      const rest = (decidedAt.getTime() - other.endedAt.getTime()) / 1000;
      if (rest < gapSeconds) {
        const saw = `Call ${call.id} came ${rest} s after call ${other.id}; the gap is ${gapSeconds} s.`;
        breaches.push(breach('P8', saw));
      }
    }
    const dayIn = (zone: string, at: Date) =>
      Math.floor((at.getTime() + offsets(zone, at.getTime())) / (DAY_MINUTES * 60_000));
    for (const zone of contact.zones) {
      const count = others.filter(
        (other) =>
          'dialedAt' in other &&
          other.dialedAt !== null &&
          dayIn(zone, other.dialedAt) === dayIn(zone, decidedAt),
      ).length;
      if (count >= callsPerDay) {
        breaches.push(breach('P8', `Call ${call.id} is call ${count + 1} of its day.`));
      }
    }
    return breaches;
  });
};

/** P6, in the end: every completed call that is to be logged has exactly one activity, and it says what the call says; the others none. */
export const everyCallInTheCrm: PromiseCheck = ({ calls, activities, crmRecords }) => {
  const ofCall = new Map(activities.map((activity) => [activity.callId, activity]));
  return calls.flatMap((call) => {
    if (call.state !== 'COMPLETED') return [];
    const activity = ofCall.get(call.id);
    const { disposition, logged } = crmRecords[call.outcome];
    if (!logged && call.disposition === null) {
      return activity === undefined && call.crm.state === 'NOT_LOGGED'
        ? []
        : [breach('P6', `Call ${call.id} is ${call.crm.state}, though it is not to be logged.`)];
    }
    if (activity === undefined) return [breach('P6', `Call ${call.id} has no activity.`)];
    const saysSo =
      activity.outcome === call.outcome &&
      activity.disposition === (call.disposition?.label ?? disposition) &&
      call.crm.state === 'SYNCED' &&
      call.crm.activityId === activity.activityId;
    return saysSo
      ? []
      : [
          breach(
            'P6',
            `Call ${call.id} is ${call.outcome} (${call.disposition?.label ?? disposition}, ${call.crm.state}), its activity ` +
              `${activity.outcome} (${activity.disposition}).`,
          ),
        ];
  });
};

/** P7, in the end: every stored event was looked at, and none had to be given up. */
export const everyEventProcessed: PromiseCheck = ({ events }) =>
  events.flatMap(({ dedupeKey, state }) =>
    state === 'PROCESSED' || state === 'IGNORED'
      ? []
      : [breach('P7', `Event ${dedupeKey} is ${state}.`)],
  );

/** P2, in the end: no item is claimed any more. */
export const nothingClaimed: PromiseCheck = ({ items }) =>
  items.flatMap((item) =>
    item.state === 'CLAIMED' ? [breach('P2', `Item ${item.id} is claimed for ever.`)] : [],
  );

/** True of every moment. */
export const ALWAYS: readonly PromiseCheck[] = [
  oneLiveCallPerNumber,
  oneClaimPerLead,
  placedAtMostOnce,
  oneWinnerPerRound,
  oneConversationPerAgent,
  noActivityTwice,
  noEventLost,
  onlyCallableNumbersDialed,
  whatWasSaidHolds,
  numbersRest,
  noMoreCallsThanLines,
  metricsAreSums,
  sessionsBehave,
  wrapUpEnds,
];

/** True once everything is quiet, besides. */
export const IN_THE_END: readonly PromiseCheck[] = [
  ...ALWAYS,
  everyCallEnded,
  noNeedlessAbandonment,
  everyCallInTheCrm,
  everyEventProcessed,
  nothingClaimed,
];

/**
 * P7: history stays, and a call only moves forward; facts that come twice, late or out of order change nothing. Between
 * any two moments, the earlier one first.
 */
export function changedInHindsight(before: Call, after: Call): readonly Breach[] {
  if (before === after) return [];
  if (before.state !== 'COMPLETED') {
    const givenBack = before.state === 'DIALING' && after.state === 'QUEUED';
    return ORDER.indexOf(after.state) < ORDER.indexOf(before.state) && !givenBack
      ? [breach('P7', `Call ${after.id} went from ${before.state} back to ${after.state}.`)]
      : [];
  }
  const told = (call: Call): string => {
    if (call.state !== 'COMPLETED') return call.state;
    const { outcome, endedAt, answeredAt, winner, talkSeconds } = call;
    return JSON.stringify({ outcome, endedAt, answeredAt, winner, talkSeconds });
  };
  return told(before) === told(after)
    ? []
    : [breach('P7', `Call ${after.id} was ${told(before)} and became ${told(after)}.`)];
}

const ORDER: readonly Call['state'][] = [
  'QUEUED',
  'DIALING',
  'RINGING',
  'IN_PROGRESS',
  'COMPLETED',
];

const offsets = rememberedOffsets();
const DAY_MINUTES = 24 * 60;

/** Minutes after midnight where the lead is; its own arithmetic, not the judge's. */
function localMinute(zone: string, at: Date): number {
  const minutes = Math.floor((at.getTime() + offsets(zone, at.getTime())) / 60_000);
  return ((minutes % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
}

const breach = (promise: PromiseNumber, saw: string): Breach => ({ promise, saw });

function repeated(
  values: readonly string[],
  promise: PromiseNumber,
  say: (value: string) => string,
): Breach[] {
  const seen = new Set<string>();
  const breaches: Breach[] = [];
  for (const value of values) {
    if (seen.has(value)) breaches.push(breach(promise, say(value)));
    seen.add(value);
  }
  return breaches;
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
