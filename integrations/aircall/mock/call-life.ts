import type { Calls, MockCall, Party } from './calls.js';
import type { Chance } from './chance.js';
import type { BuiltEvent, Events } from './events.js';
import type { Fate, Fates } from './fates.js';
import type { MockNumber, Numbers } from './numbers.js';
import type { CancelTimer, Pace } from './pace.js';
import type { Settings } from './settings.js';
import { availabilityOf, type MockUser, type Users } from './users.js';
import type { WrapUps } from './wrap-ups.js';

export interface InboundStory {
  readonly ringSeconds: number;
  /** Null: the call is not answered, and the caller gives up after `ringSeconds`. */
  readonly talkSeconds: number | null;
}

/**
 * The life of a call, after reference 7.3:
 *
 *   started --2 s--> announced (`call.created`, the agent is now in_call)
 *     --> answered (`call.answered`), by a person or by a mailbox, which look the same
 *     --> done (`user.wut_start`, then `call.hungup`, in the same second)
 *     --30 s--> completed (`call.ended`, with the recording) --> `call.comm_assets_generated`
 *
 * An unanswered call goes from announced to done. The fate decides the moments; the control may answer or hang
 * up earlier. Every step is harmless when the call is already past it.
 */
export class CallLife {
  /** What the fate has still in store for a live call. */
  readonly #fateTimers = new Map<number, CancelTimer[]>();

  constructor(
    private readonly state: {
      readonly pace: Pace;
      readonly settings: Settings;
      readonly chance: Chance;
      readonly fates: Fates;
      readonly calls: Calls;
      readonly users: Users;
      readonly numbers: Numbers;
      readonly events: Events;
      readonly wrapUps: WrapUps;
    },
  ) {}

  reset(): void {
    this.#fateTimers.clear();
  }

  /** The API ordered it. Undefined when the order is lost: 204 was promised and no call follows (reference 3.1). */
  placeOrdered(user: MockUser, number: MockNumber, to: string): MockCall | undefined {
    const { fates, chance, settings } = this.state;
    const fate = fates.next(to, settings.behaviour.fates);
    if (fate.kind === 'no_call' || chance.percent(settings.eventFaults.orderLostPercent))
      return undefined;
    return this.#start(user, number, to, 'api', fate);
  }

  /** The agent dials in the Workspace: the same events, without any order. */
  placeByHand(user: MockUser, number: MockNumber, to: string, fate?: Fate): MockCall {
    return this.#start(
      user,
      number,
      to,
      'agent',
      fate ?? this.state.fates.next(to, this.state.settings.behaviour.fates),
    );
  }

  /** An inbound call: `ringing_on_agent` exists here, and a missed call has no user (reference 4.1, 7.3). */
  receive(user: MockUser, number: MockNumber, from: string, story: InboundStory): MockCall {
    const { calls, events, pace, chance } = this.state;
    const call = calls.add({
      uuid: `CA${chance.hex(32)}`,
      direction: 'inbound',
      startedBy: 'caller',
      phoneNumber: from,
      numberId: number.id,
      fate: { kind: 'no_answer', ringSeconds: story.ringSeconds },
      startedAtMs: pace.now(),
      userId: null,
    });
    call.announced = true;
    events.aboutCall('call.created', call);
    call.userId = user.id;
    events.aboutCall('call.ringing_on_agent', call);
    this.#later(call, story.ringSeconds, () => {
      if (story.talkSeconds === null) {
        call.missedCallReason = 'agents_did_not_answer';
        call.userId = null;
        this.hangUp(call, 'remote');
        return;
      }
      user.liveCallIds.add(call.id);
      this.answer(call);
      this.#later(call, story.talkSeconds, () => this.hangUp(call, 'remote'));
    });
    return call;
  }

  answer(call: MockCall): void {
    if (call.status !== 'initial') return;
    this.#announce(call);
    call.status = 'answered';
    call.answeredAtMs = this.#moment(call);
    this.state.events.aboutCall('call.answered', call);
  }

  /** An answer by control: the conversation then lasts until it is hung up. */
  answerNow(call: MockCall): void {
    if (call.status !== 'initial') return;
    this.#forgetFate(call);
    this.answer(call);
  }

  setHold(call: MockCall, onHold: boolean): void {
    if (call.status !== 'answered' || call.onHold === onHold) return;
    call.onHold = onHold;
    this.state.events.aboutCall(onHold ? 'call.hold' : 'call.unhold', call);
  }

  hangUp(call: MockCall, by: Party): void {
    if (call.status === 'done') return;
    this.#announce(call);
    this.#forgetFate(call);
    call.status = 'done';
    call.endedBy = by;
    call.endedAtMs = this.#moment(call);

    const user = this.#agentOf(call);
    if (user?.liveCallIds.delete(call.id)) this.state.wrapUps.begin(user, call);
    const { events, chance, settings, pace } = this.state;
    const faults = settings.eventFaults;
    const hungUp = events.buildCall('call.hungup', call);
    const isOmitted = chance.percent(faults.hungupOmittedPercent);
    const isLate = chance.percent(faults.endedBeforeHungupPercent);
    if (!isOmitted && !isLate) events.publish(hungUp);
    pace.after(settings.behaviour.timing.endedAfterSeconds, () =>
      this.#complete(call, isLate && !isOmitted ? hungUp : null),
    );
  }

  /**
   * A cold transfer to another agent (reference 4). When that agent is not available nothing changes but
   * `call.unsuccessful_transfer`.
   */
  transfer(call: MockCall, target: MockUser): void {
    const { events, wrapUps } = this.state;
    if (availabilityOf(target) !== 'available') {
      events.aboutCall('call.unsuccessful_transfer', call);
      return;
    }
    const from = this.#agentOf(call);
    if (from) {
      from.liveCallIds.delete(call.id);
      call.transferredBy = from.id;
      wrapUps.begin(from, call);
    }
    call.transferredTo = target.id;
    call.userId = target.id;
    target.liveCallIds.add(call.id);
    events.aboutCall('call.transferred', call);
  }

  #start(
    user: MockUser,
    number: MockNumber,
    to: string,
    startedBy: 'api' | 'agent',
    fate: Fate,
  ): MockCall {
    const { calls, pace, chance, settings } = this.state;
    const call = calls.add({
      uuid: `CA${chance.hex(32)}`,
      direction: 'outbound',
      startedBy,
      phoneNumber: to,
      numberId: number.id,
      fate,
      startedAtMs: pace.now(),
      userId: user.id,
    });
    user.pendingOrders++;
    const createdAfter = settings.behaviour.timing.createdAfterSeconds;
    this.#later(call, createdAfter, () => {
      this.#announce(call);
      this.#followFate(call, fate, createdAfter);
    });
    return call;
  }

  /** `call.created`; from here the agent is in_call. */
  #announce(call: MockCall): void {
    if (call.announced) return;
    call.announced = true;
    const user = this.#agentOf(call);
    if (user) {
      user.pendingOrders--;
      this.state.wrapUps.end(user);
      user.liveCallIds.add(call.id);
    }
    this.state.events.aboutCall('call.created', call);
  }

  #followFate(call: MockCall, fate: Fate, alreadySeconds: number): void {
    const fromStart = (seconds: number) => Math.max(0, seconds - alreadySeconds);
    switch (fate.kind) {
      case 'answer':
      case 'mailbox':
        this.#later(call, fromStart(fate.afterSeconds), () => {
          this.answer(call);
          if (fate.talkSeconds !== null)
            this.#later(call, fate.talkSeconds, () => this.hangUp(call, fate.endedBy));
        });
        return;
      case 'no_answer':
        if (fate.ringSeconds !== null)
          this.#later(call, fromStart(fate.ringSeconds), () => this.hangUp(call, 'remote'));
        return;
      case 'busy':
        this.#later(call, fromStart(fate.afterSeconds), () => this.hangUp(call, 'remote'));
        return;
      case 'no_call':
        // Only a call dialled by hand can come here: it rings until it is hung up.
        return;
      default:
        fate satisfies never;
    }
  }

  /** `call.ended`: data are complete. `lateHungUp` follows when the order is turned round by a fault. */
  #complete(call: MockCall, lateHungUp: BuiltEvent | null): void {
    const { events, pace, numbers, settings } = this.state;
    const isRecorded =
      call.answeredAtMs !== null && (numbers.find(call.numberId)?.recordsCalls ?? false);
    if (isRecorded)
      call.recordingUrl = `https://recordings.outdial.example/calls/${call.id}.mp3?expires_in=3600`;
    call.completed = true;
    events.aboutCall('call.ended', call);
    if (lateHungUp) pace.after(1, () => events.publish(lateHungUp));
    if (isRecorded) {
      pace.after(settings.behaviour.timing.commAssetsAfterSeconds, () =>
        events.aboutCall('call.comm_assets_generated', call),
      );
    }
    const notes = call.unsavedNotes.splice(0);
    for (const note of notes) this.saveNote(call, note);
  }

  /** Notes are saved when the agent leaves the call-ended view, so `call.commented` comes after `call.ended`. */
  saveNote(call: MockCall, content: string): void {
    if (!call.completed) {
      call.unsavedNotes.push(content);
      return;
    }
    const { pace, settings } = this.state;
    pace.after(settings.behaviour.timing.commentSavedAfterSeconds, () =>
      this.comment(call, content, call.userId),
    );
  }

  comment(call: MockCall, content: string, postedBy: number | null): void {
    const { calls, events } = this.state;
    const comment = {
      id: calls.nextCommentId(),
      content,
      postedAtMs: this.#moment(call),
      postedBy,
    };
    call.comments = [...call.comments, comment];
    events.aboutCall('call.commented', call);
  }

  tag(
    call: MockCall,
    tagIds: readonly number[],
    taggedBy: number | null,
    mode: 'append' | 'replace',
  ): void {
    const { events, wrapUps } = this.state;
    const kept =
      mode === 'append' ? call.tags : call.tags.filter((tag) => tagIds.includes(tag.tagId));
    const isUntagged = kept.length < call.tags.length;
    const fresh = [...new Set(tagIds)]
      .filter((id) => !kept.some((tag) => tag.tagId === id))
      .map((tagId) => ({ tagId, taggedAtMs: this.#moment(call), taggedBy }));
    call.tags = [...kept, ...fresh];
    if (isUntagged) events.aboutCall('call.untagged', call);
    if (fresh.length > 0) events.aboutCall('call.tagged', call);
    const user = this.#agentOf(call);
    if (user && call.tags.length > 0) wrapUps.callWasTagged(user, call);
  }

  #agentOf(call: MockCall): MockUser | undefined {
    return call.userId === null ? undefined : this.state.users.find(call.userId);
  }

  #moment(call: MockCall): number {
    return this.state.pace.momentSince(call.startedAtMs);
  }

  #later(call: MockCall, seconds: number, run: () => void): void {
    const cancel = this.state.pace.after(seconds, run);
    this.#fateTimers.set(call.id, [...(this.#fateTimers.get(call.id) ?? []), cancel]);
  }

  #forgetFate(call: MockCall): void {
    for (const cancel of this.#fateTimers.get(call.id) ?? []) cancel();
    this.#fateTimers.delete(call.id);
  }
}
