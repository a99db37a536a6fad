import { type Call, isLive, type Session } from '@outdial/core';
import type { MemoryState } from '../fakes/memory-state.js';
import type { VirtualTime } from '../virtual-time.js';
import {
  ALWAYS,
  type Breach,
  changedInHindsight,
  IN_THE_END,
  type SeenActivity,
  type Snapshot,
} from './promises.js';
import type { Tally } from './tally.js';
import type { WorldNetwork } from './world-network.js';

/** P5: past its deadline, a sweep, the look-up and the difference of clocks. */
const OVERDUE_AFTER = 100_000;
/** P4: a loser is hung up within so long of the winner's answer, unless something hinders. */
const LOSERS_END_WITHIN = 15_000;
/** Past the time that an agent may be gone: some rounds of looking, of which several may fail, and the difference of clocks. */
const PAUSED_WITHIN = 120_000;
/** Hints that are lost or late, slow answers and failing writes cost some sweeps more. */
const GRACE_WITH_FAULTS = 45_000;

export interface WatchTools {
  readonly state: MemoryState;
  readonly network: WorldNetwork;
  readonly activities: () => readonly SeenActivity[];
  readonly suppressedSince: ReadonlyMap<string, Date>;
  readonly time: VirtualTime;
  readonly tally: Tally;
  readonly calm: boolean;
  /** Since when the session's agent, who was seen during it, has been gone. */
  readonly goneSince: (session: Session) => number | null;
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
    const { state, network, time, suppressedSince, activities } = this.#tools;
    const isWanted = (callId: string): boolean => wanted(state.calls.get(callId)?.sessionId ?? '');
    return {
      now: time.now(),
      sessions: [...state.sessions.values()].filter(({ id }) => wanted(id)),
      calls: [...state.calls.values()].filter(({ sessionId }) => wanted(sessionId)),
      items: [...state.items.values()],
      suppressions: [...suppressedSince].map(([phone, since]) => ({ phone, since })),
      events: [...state.events.values()],
      activities: activities(),
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
      if (before === undefined) continue;
      this.#report(changedInHindsight(before, call));
      const hadWon = before.state === 'IN_PROGRESS' && before.winner;
      if (hadWon && call.state === 'IN_PROGRESS' && !call.winner) {
        tally.count('a machine had been taken for a person');
      }
    }
  }

  /** P5 while it goes on: nobody's deadline passes unseen as long as a process is up. */
  #overdue(): readonly Breach[] {
    const { state, time, upSince } = this.#tools;
    const since = upSince();
    if (since === null) return [];
    const now = time.now().getTime();
    return state.liveCalls().flatMap((call): Breach[] => {
      if (!isLive(call)) return [];
      const overdueFor = now - Math.max(call.deadlineAt.getTime(), since);
      return overdueFor > OVERDUE_AFTER
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
      return upFor > LOSERS_END_WITHIN + (calm ? 0 : GRACE_WITH_FAULTS)
        ? [{ promise: 'P4', saw: `Call ${callId} is still up though ${winner} has won.` }]
        : [];
    });
  }

  /** Nobody's phone rings for an empty chair: the session of an agent who is gone pauses. */
  #goesOnAlone(): readonly Breach[] {
    const { state, time, upSince, goneSince } = this.#tools;
    const since = upSince();
    if (since === null) return [];
    const now = time.now().getTime();
    return [...state.sessions.values()].flatMap((session): Breach[] => {
      const gone = session.status === 'RUNNING' ? goneSince(session) : null;
      const { pauseWhenAwaySeconds } = session.settings;
      if (gone === null || pauseWhenAwaySeconds === 0) return [];
      const late = now - Math.max(gone + pauseWhenAwaySeconds * 1000, since);
      return late > PAUSED_WITHIN
        ? [{ promise: 'section 5', saw: `${session.id} goes on long after its agent left.` }]
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
