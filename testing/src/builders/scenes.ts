import {
  type Agent,
  type AnsweredCall,
  type Call,
  type CallIdentity,
  type CompletedCall,
  DEFAULT_DIALING_SETTINGS,
  type DialingCall,
  type DialingSettings,
  findDisposition,
  isLive,
  type LiveCall,
  type QueuedCall,
  type QueueItem,
  type RingingCall,
  type SavedDisposition,
  type Scene,
  type SceneOfCall,
  type Session,
  STANDARD_DISPOSITIONS,
  type TelephonyCapabilities,
} from '@outdial/core';

/** Scenes for tests of decisions: everything fixed, whatever matters said by the test. */

export const NOON = new Date('2026-01-15T12:00:00.000Z');

export const secondsAfter = (seconds: number, start = NOON): Date =>
  new Date(start.getTime() + seconds * 1000);

/** Many lines, hangs up, tells machines from people, returns ids. */
export const WIRED: TelephonyCapabilities = {
  maxLinesPerAgent: 10,
  canHangUp: true,
  detectsMachines: true,
  returnsCallId: true,
  reportsAvailability: false,
  presenceBy: 'screen',
  reachesRealPhones: false,
};

/** The agent's own phone app: one line, no hang-up, no id, knows whether the agent is there. */
export const PHONE_APP: TelephonyCapabilities = {
  maxLinesPerAgent: 1,
  canHangUp: false,
  detectsMachines: false,
  returnsCallId: false,
  reportsAvailability: true,
  presenceBy: 'provider',
  reachesRealPhones: true,
};

export const ADA: Agent = {
  id: 'ada',
  name: 'Ada',
  email: 'ada@example.com',
  presence: 'AVAILABLE',
  presenceSince: NOON,
  identities: { simulator: { userId: 'user-ada', numberId: null } },
};

export const aSession = (more: Partial<Session> = {}): Session => ({
  id: 'session',
  agentId: ADA.id,
  queueId: 'queue',
  provider: 'simulator',
  lines: 3,
  afterConnect: 'continue',
  status: 'RUNNING',
  reason: null,
  actor: null,
  phase: 'DIALING',
  phaseSince: NOON,
  round: 1,
  winnerCallId: null,
  wrapUpUntil: null,
  nextRoundAt: null,
  outage: null,
  drySince: null,
  wakeAt: null,
  metrics: { attempted: 0, connected: 0, failed: 0, canceled: 0 },
  settings: DEFAULT_DIALING_SETTINGS,
  startedAt: NOON,
  stoppedAt: null,
  ...more,
});

export const withSettings = (settings: Partial<DialingSettings>): DialingSettings => ({
  ...DEFAULT_DIALING_SETTINGS,
  ...settings,
});

/** The item of the call with this id. */
export const anItem = (callId: string, more: Partial<QueueItem> = {}): QueueItem => ({
  id: `item of ${callId}`,
  queueId: 'queue',
  leadId: `lead of ${callId}`,
  state: 'CLAIMED',
  priority: 0,
  dueAt: NOON,
  callback: false,
  attempts: 0,
  attemptsByOutcome: {},
  lastOutcome: null,
  heldReason: null,
  claimedBySessionId: 'session',
  createdAt: NOON,
  ...more,
});

const identity = (id: string): CallIdentity => ({
  id,
  sessionId: 'session',
  agentId: ADA.id,
  queueId: 'queue',
  queueItemId: `item of ${id}`,
  leadId: `lead of ${id}`,
  phone: `+1202555${String(1000 + [...id].reduce((sum, char) => sum + char.charCodeAt(0), 0))}`,
  round: 1,
  attempt: 1,
  provider: 'simulator',
  providerCallId: null,
  queuedAt: NOON,
  clearance: { decidedAt: NOON, rule: 'window_off', zones: [], until: null },
  cancellation: null,
  disposition: null,
});

/** What an agent saved, by the label of a standard disposition. */
export function savedAs(label: string, more: Partial<SavedDisposition> = {}): SavedDisposition {
  const found = findDisposition(STANDARD_DISPOSITIONS, label);
  if (found === null) throw new Error(`There is no standard disposition "${label}".`);
  const { code, effect, retry } = found;
  return {
    code,
    label: found.label,
    effect,
    retry,
    notes: null,
    callbackAt: null,
    savedAt: NOON,
    ...more,
  };
}

export const aQueuedCall = (id: string, more: Partial<QueuedCall> = {}): QueuedCall => ({
  ...identity(id),
  state: 'QUEUED',
  placeAt: NOON,
  deadlineAt: secondsAfter(30),
  ...more,
});

const placed = (id: string) => ({
  ...identity(id),
  providerCallId: `provider's ${id}`,
  dialedAt: NOON,
  placement: 'ACCEPTED' as const,
  deadlineAt: secondsAfter(45),
  checks: 0,
});

export const aDialingCall = (id: string, more: Partial<DialingCall> = {}): DialingCall => ({
  ...placed(id),
  state: 'DIALING',
  ...more,
});

/** The provider is being asked. */
export const anAskedCall = (id: string, more: Partial<DialingCall> = {}): DialingCall =>
  aDialingCall(id, {
    providerCallId: null,
    placement: 'ASKED',
    deadlineAt: secondsAfter(20),
    ...more,
  });

export const aRingingCall = (id: string, more: Partial<RingingCall> = {}): RingingCall => ({
  ...placed(id),
  state: 'RINGING',
  ringingAt: secondsAfter(1),
  ...more,
});

/** The winner: a person picked up 5 s after noon and talks. */
export const aConversation = (id: string, more: Partial<AnsweredCall> = {}): AnsweredCall => ({
  ...placed(id),
  state: 'IN_PROGRESS',
  ringingAt: secondsAfter(1),
  answeredAt: secondsAfter(5),
  answeredBy: 'PERSON',
  winner: true,
  ...more,
});

export const aCompletedCall = (id: string, more: Partial<CompletedCall> = {}): CompletedCall => ({
  ...identity(id),
  providerCallId: `provider's ${id}`,
  state: 'COMPLETED',
  dialedAt: NOON,
  placement: 'ACCEPTED',
  ringingAt: secondsAfter(1),
  answeredAt: null,
  answeredBy: null,
  winner: false,
  endedAt: secondsAfter(25),
  talkSeconds: 0,
  outcome: 'NO_ANSWER',
  reason: null,
  crm: {
    state: 'SYNCED',
    revision: 0,
    attempts: 0,
    dueAt: null,
    lastError: null,
    activityId: 'activity',
  },
  ...more,
});

/** A session and its live calls, each with its item; the metrics count them, and the round's winner is known. */
export function aScene(live: readonly LiveCall[] = [], more: Partial<Session> = {}): Scene {
  const winner = live.find((call) => call.state === 'IN_PROGRESS' && call.winner);
  const metrics = { attempted: live.length, connected: 0, failed: 0, canceled: 0 };
  return {
    session: aSession({
      metrics,
      winnerCallId: winner?.id ?? null,
      phase: winner === undefined ? 'DIALING' : 'ON_CALL',
      ...more,
    }),
    agent: ADA,
    live: live.map((call) => ({ call, item: anItem(call.id) })),
    busyElsewhere: false,
  };
}

/** The same, about one call: one of the live ones, or one that is over. */
export function aSceneOf(
  call: Call,
  others: readonly LiveCall[] = [],
  more: Partial<Session> = {},
): SceneOfCall {
  const scene = aScene([...(isLive(call) ? [call] : []), ...others], more);
  const state = isLive(call) ? 'CLAIMED' : 'PENDING';
  const claimedBySessionId = isLive(call) ? 'session' : null;
  return { ...scene, subject: { call, item: anItem(call.id, { state, claimedBySessionId }) } };
}
