import { type Controlled, pause, type Refusal, resume, stop } from '../session/control.js';
import type { Session } from '../session/session.js';
import type { DialerPorts } from './dialer-ports.js';
import { tell } from './tell.js';

export type SessionControlled =
  | { readonly kind: 'changed'; readonly session: Session }
  | { readonly kind: 'refused'; readonly because: Refusal }
  | { readonly kind: 'not_found' };

type Ports = Pick<
  DialerPorts,
  'store' | 'telephony' | 'clock' | 'jobs' | 'announcements' | 'journal'
>;

/** A person pauses, resumes or stops a session. What they may not do now is refused with a reason, never half done. */
export async function controlSession(
  ports: Ports,
  sessionId: string,
  wish: 'pause' | 'resume' | 'stop',
): Promise<SessionControlled> {
  const { store, telephony, clock } = ports;
  const now = clock.now();
  const applied = await store.changeSession<Controlled>(sessionId, (scene) => {
    const answer =
      wish === 'pause'
        ? pause(scene, 'by_person', now)
        : wish === 'resume'
          ? resume(scene, now)
          : stop(scene, 'by_person', telephony.capabilities, now);
    return { change: answer.kind === 'changed' ? answer.change : {}, answer };
  });
  if (applied === null) return { kind: 'not_found' };
  if (applied.answer.kind === 'refused') return applied.answer;
  tell(ports, applied);
  return { kind: 'changed', session: applied.session };
}

/** The agent says that they are away: their session pauses as if the provider had said so. A paused one stays as it is. */
export async function stepAway(
  ports: Ports,
  agentId: string,
  because: 'agent_do_not_disturb' | 'agent_offline',
): Promise<void> {
  const { store, clock } = ports;
  const session = await store.findOpenSession(agentId);
  if (session === null) return;
  const now = clock.now();
  const applied = await store.changeSession(session.id, (scene) => {
    const paused = pause(scene, because, now);
    return { change: paused.kind === 'changed' ? paused.change : {}, answer: undefined };
  });
  if (applied !== null) tell(ports, applied);
}
