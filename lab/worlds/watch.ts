import {
  type Call,
  type CrmRecords,
  isLive,
  SCREEN_GRACE_MS,
  SCREEN_LEASE_MS,
} from '@outdial/core';
import type { MemoryState } from '@outdial/testing/fakes/memory-state';
import type { VirtualTime } from '@outdial/testing/virtual-time';
import {
  ALWAYS,
  type Breach,
  changedInHindsight,
  IN_THE_END,
  type SaidOfPerson,
  type SeenActivity,
  type Snapshot,
  wrapUpLeftOut,
} from './promises.js';
import type { Tally } from './tally.js';
import type { WorldNetwork } from './world-network.js';

/** P5: past its deadline, a sweep, the look-up and the difference of clocks. */
const OVERDUE_AFTER_MS = 100_000;
/** P4: a loser is hung up within so long of the winner's answer, unless something hinders. */
const LOSERS_END_WITHIN_MS = 15_000;
/** Past the time that an agent may be gone: some rounds of looking, of which several may fail, and the difference of clocks. */
const PAUSED_WITHIN_MS = 120_000;
/** Hints that are lost or late, slow answers and failing writes cost some sweeps more. */
const GRACE_WITH_FAULTS_MS = 45_000;

export interface WatchTools {
  readonly state: MemoryState;
  readonly network: WorldNetwork;
  readonly activities: () => readonly SeenActivity[];
  readonly crmRecords: CrmRecords;
  readonly suppressedSince: ReadonlyMap<string, Date>;
  readonly contactRules: ReadonlyMap<string, SaidOfPerson>;
  readonly time: VirtualTime;
  readonly tally: Tally;
  readonly calm: boolean;
  /** By how much the clocks of nodes differ, from each other and from the world's. */
  readonly clocksDifferByMs: number;
  /** Since when the agent's page has been closed; null: it is open. */
  readonly goneSince: (agentId: string) => number | null;
  /** Since when it has been open; null: it is closed. */
  readonly thereSince: (agentId: string) => number | null;
  /** Since when a process has been up; null while none is. */
  readonly upSince: () => number | null;
  readonly report: (breach: Breach) => void;
}

/** Looks at a world after each of its steps, and holds what it sees against the promises. */
export class Watch {
  readonly #tools: WatchTools;
  /** Calls as they were at the last look. */
  readonly #remembered = new Map<string, Call>();
  readonly #wonAt = new Map<string, number>();
  /** Sessions that are over: nothing of them changes any more, so they are only looked at again in the end. */
  readonly #settled = new Set<string>();
  /** How many acknowledged events were found in the inbox; while the world goes on only newer ones are looked for. */
  #acknowledged = 0;
  #networkVersion = -1;
  #dirty = true;

  constructor(tools: WatchTools) {
    this.#tools = tools;
  }

  /** Something may be different now. */
  changed(): void {
    this.#dirty = true;
  }

  look(): void {
    const { network } = this.#tools;
    if (!this.#dirty && network.version === this.#networkVersion) return;
    this.#dirty = false;
    this.#networkVersion = network.version;
    const snapshot = this.#snapshot(
      (sessionId) => !this.#settled.has(sessionId),
      this.#acknowledged,
    );
    this.#acknowledged = network.acknowledged.length;
    for (const check of ALWAYS) this.#report(check(snapshot));
    this.#compareWithLastLook();
    this.#report(this.#overdue());
    this.#report(this.#losersStillUp());
    this.#report(this.#goesOnAlone());
    this.#settle(snapshot);
  }

  /** Once everything is quiet. */
  judgeTheEnd(): void {
    const snapshot = this.#snapshot(() => true, 0);
    for (const check of IN_THE_END) this.#report(check(snapshot));
  }

  #snapshot(wanted: (sessionId: string) => boolean, acknowledgedFrom: number): Snapshot {
    const { state, network, time, suppressedSince, contactRules, activities } = this.#tools;
    const isWanted = (callId: string): boolean => wanted(state.calls.get(callId)?.sessionId ?? '');
    const calls = [...state.calls.values()].filter(({ sessionId }) => wanted(sessionId));
    return {
      now: time.now(),
      sessions: [...state.sessions.values()].filter(({ id }) => wanted(id)),
      calls,
      earlierCalls: calls.filter(isLive).flatMap(({ phone }) => state.callsTo(phone)),
      contactRules: [...contactRules.values()],
      items: [...state.items.values()],
      suppressions: [...suppressedSince].map(([phone, since]) => ({ phone, since })),
      events: [...state.events.values()],
      activities: activities(),
      crmRecords: this.#tools.crmRecords,
      provider: {
        ...network.capabilities,
        calls: network.seen(isWanted),
        acknowledged: network.acknowledged.slice(acknowledgedFrom),
      },
    };
  }

  #compareWithLastLook(): void {
    const { state, tally } = this.#tools;
    for (const call of state.calls.values()) {
      const before = this.#remembered.get(call.id);
      if (before === call) continue;
      this.#remembered.set(call.id, call);
      this.#report(this.#forEmptyChair(before, call));
      if (before === undefined) continue;
      this.#report(changedInHindsight(before, call));
      this.#report(wrapUpLeftOut(before, call, state.sessions.get(call.sessionId)));
      const hadWon = before.state === 'IN_PROGRESS' && before.winner;
      if (hadWon && call.state === 'IN_PROGRESS' && !call.winner) {
        tally.count('a machine had been taken for a person');
      }
    }
  }

  /** P5 while the world runs: no deadline passes unseen as long as a process is up. */
  #overdue(): readonly Breach[] {
    const { state, time, upSince } = this.#tools;
    const since = upSince();
    if (since === null) return [];
    const now = time.now().getTime();
    return state.liveCalls().flatMap((call): Breach[] => {
      if (!isLive(call)) return [];
      const overdueFor = now - Math.max(call.deadlineAt.getTime(), since);
      return overdueFor > OVERDUE_AFTER_MS
        ? [{ promise: 'P5', saw: `Call ${call.id} is ${call.state} long past its deadline.` }]
        : [];
    });
  }

  /** P4: no call of a round stays up at the network long after another has won. */
  #losersStillUp(): readonly Breach[] {
    const { state, network, time, calm, upSince } = this.#tools;
    const since = upSince();
    if (!network.capabilities.canHangUp || since === null) return [];
    const now = time.now().getTime();
    for (const { winnerCallId } of state.sessions.values()) {
      if (winnerCallId !== null && !this.#wonAt.has(winnerCallId)) {
        this.#wonAt.set(winnerCallId, now);
      }
    }
    return network.liveCalls().flatMap(({ callId, landedAt }): Breach[] => {
      const call = state.calls.get(callId);
      const winner = call && state.sessions.get(call.sessionId)?.winnerCallId;
      if (call === undefined || !winner || winner === callId) return [];
      if (state.calls.get(winner)?.round !== call.round) return [];
      const hindered = Math.max(network.lastHindranceMs, since, landedAt);
      const upFor = now - Math.max(this.#wonAt.get(winner) ?? now, hindered);
      return upFor > LOSERS_END_WITHIN_MS + (calm ? 0 : GRACE_WITH_FAULTS_MS)
        ? [{ promise: 'P4', saw: `Call ${callId} is still up though ${winner} has won.` }]
        : [];
    });
  }

  /**
   * P17, of a call that is new or has changed: none is claimed for an agent who has been gone for longer than the session
   * allows, none is a conversation that was answered when no screen was there, and none is taken from an agent who is there.
   */
  #forEmptyChair(before: Call | undefined, call: Call): readonly Breach[] {
    const { state, network, time, calm, goneSince, thereSince, clocksDifferByMs } = this.#tools;
    const session = state.sessions.get(call.sessionId);
    const allowed = (session?.settings.pauseWhenAwaySeconds ?? 0) * 1000;
    if (network.capabilities.presenceBy !== 'screen' || allowed === 0) return [];
    const now = time.now().getTime();
    const gone = goneSince(call.agentId);
    // Times in rows are by the clock of whichever node wrote them.
    const unseen = SCREEN_LEASE_MS + SCREEN_GRACE_MS + clocksDifferByMs;
    if (before === undefined && gone !== null && now - gone > allowed + unseen) {
      return [{ promise: 'P17', saw: `Call ${call.id} was claimed for an agent who is gone.` }];
    }
    const won = 'winner' in call && call.winner && call.answeredAt !== null;
    const hadWon = before !== undefined && 'winner' in before && before.winner;
    if (won && !hadWon && gone !== null && call.answeredAt.getTime() - gone > unseen) {
      return [{ promise: 'P17', saw: `Call ${call.id} is a conversation that the agent missed.` }];
    }
    const there = thereSince(call.agentId);
    const isNews = before?.cancellation === null && call.cancellation?.reason === 'agent_absent';
    if (isNews) this.#tools.tally.count('answered without an agent');
    if (calm && isNews && there !== null && now - there > unseen) {
      return [{ promise: 'P17', saw: `Call ${call.id} was abandoned beside its agent.` }];
    }
    return [];
  }

  /** The session of an agent who is gone pauses. */
  #goesOnAlone(): readonly Breach[] {
    const { state, network, time, upSince, goneSince } = this.#tools;
    const since = upSince();
    if (since === null || network.capabilities.presenceBy !== 'screen') return [];
    const now = time.now().getTime();
    return [...state.sessions.values()].flatMap((session): Breach[] => {
      const gone = session.status === 'RUNNING' ? goneSince(session.agentId) : null;
      const { pauseWhenAwaySeconds } = session.settings;
      if (gone === null || pauseWhenAwaySeconds === 0) return [];
      const allowed = pauseWhenAwaySeconds * 1000;
      const late = now - Math.max(gone + allowed, session.startedAt.getTime() + allowed, since);
      return late > PAUSED_WITHIN_MS
        ? [{ promise: 'P17', saw: `${session.id} goes on long after its agent left.` }]
        : [];
    });
  }

  #settle({ sessions, calls }: Snapshot): void {
    const live = new Set(calls.filter(isLive).map(({ sessionId }) => sessionId));
    for (const { id, status } of sessions) {
      if (status === 'STOPPED' && !live.has(id)) this.#settled.add(id);
    }
  }

  #report(breaches: readonly Breach[]): void {
    for (const breach of breaches) this.#tools.report(breach);
  }
}
