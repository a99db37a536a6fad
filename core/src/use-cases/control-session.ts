import type { AuditNote, Author } from '../ports/audit.js';
import type { Scene } from '../ports/dialer-store.js';
import type { TelephonyCapabilities } from '../ports/telephony.js';
import { type Controlled, pause, type Refusal, resume, stop } from '../session/control.js';
import type { Session, SessionActor } from '../session/session.js';
import { dialNext, holdWrapUp } from '../session/wrap-up.js';
import type { DialerPorts } from './dialer-ports.js';
import { publishEffects } from './publish-effects.js';

export type SessionControlled =
  | { readonly kind: 'changed'; readonly session: Session }
  | { readonly kind: 'refused'; readonly because: Refusal }
  | { readonly kind: 'not_found' };

export type ControlPorts = Pick<
  DialerPorts,
  'store' | 'carriers' | 'clock' | 'jobs' | 'announcements' | 'journal'
>;

export type SessionWish = 'pause' | 'resume' | 'stop' | 'dial_next' | 'hold_wrap_up';

/** Who controls a session, for the audit log: an entry is stored with the change unless it is the agent of the session. */
export interface ControlledBy {
  readonly author: Author;
  /** The user's agent; null: the user takes no calls. */
  readonly agentId: string | null;
  readonly because?: string;
}

/** A person controls a session; who it was is kept with a pause and a stop. What they may not do now is refused with a reason, never half done. */
export async function controlSession(
  ports: ControlPorts,
  sessionId: string,
  wish: SessionWish,
  actor: SessionActor | null = null,
  by: ControlledBy | null = null,
): Promise<SessionControlled> {
  const { store, carriers, clock } = ports;
  const now = clock.now();
  const applied = await store.changeSession<Controlled>(sessionId, (scene) => {
    const { capabilities } = carriers.of(scene.session.provider);
    const answer = fulfil(wish, scene, capabilities, actor, now);
    if (answer.kind !== 'changed') return { change: {}, answer };
    const note = by === null ? null : auditNote(wish, scene.session, by);
    return { change: { ...answer.change, ...(note && { audit: () => [note] }) }, answer };
  });
  if (applied === null) return { kind: 'not_found' };
  if (applied.answer.kind === 'refused') return applied.answer;
  publishEffects(ports, applied);
  return { kind: 'changed', session: applied.session };
}

const BY_OTHER = {
  pause: 'session_paused_by_other',
  resume: 'session_resumed_by_other',
  stop: 'session_stopped_by_other',
  dial_next: 'session_dialed_next_by_other',
  // Renewed every few seconds, and no call follows from it.
  hold_wrap_up: null,
} as const satisfies Record<SessionWish, AuditNote['action'] | null>;

/** null: the agent controls their own session. */
function auditNote(wish: SessionWish, session: Session, by: ControlledBy): AuditNote | null {
  const action = BY_OTHER[wish];
  if (action === null || by.agentId === session.agentId) return null;
  const { agentId, queueId } = session;
  return {
    ...by.author,
    action,
    target: { kind: 'session', id: session.id },
    details: {
      agent_id: agentId,
      ...(by.because === undefined ? { queue_id: queueId } : { because: by.because }),
    },
  };
}

function fulfil(
  wish: SessionWish,
  scene: Scene,
  capabilities: TelephonyCapabilities,
  actor: SessionActor | null,
  now: Date,
): Controlled {
  switch (wish) {
    case 'pause':
      return pause(scene, 'requested_by_user', now, actor);
    case 'resume':
      return resume(scene, now);
    case 'stop':
      return stop(scene, 'requested_by_user', capabilities, now, actor);
    case 'dial_next':
      return dialNext(scene, now);
    case 'hold_wrap_up':
      return holdWrapUp(scene, now);
    default: {
      const never: never = wish;
      return never;
    }
  }
}

/** The agent says that they are away: their session pauses as if the provider had said so. A paused one stays as it is. */
export async function stepAway(
  ports: ControlPorts,
  agentId: string,
  because: 'agent_do_not_disturb' | 'agent_offline',
  by: ControlledBy | null = null,
): Promise<void> {
  const { store, clock } = ports;
  const session = await store.findOpenSession(agentId);
  if (session === null) return;
  const now = clock.now();
  const applied = await store.changeSession(session.id, (scene) => {
    const paused = pause(scene, because, now);
    if (paused.kind !== 'changed') return { change: {}, answer: undefined };
    const note = by === null ? null : auditNote('pause', scene.session, { ...by, because });
    return {
      change: { ...paused.change, ...(note && { audit: () => [note] }) },
      answer: undefined,
    };
  });
  if (applied !== null) publishEffects(ports, applied);
}
