import type { Disposition } from '../call/dispositions.js';
import { hangUp } from '../session/control.js';
import { saveVerdict } from '../session/save-verdict.js';
import type { DialerPorts } from './dialer-ports.js';
import { tell } from './tell.js';

type Ports = Pick<
  DialerPorts,
  'store' | 'telephony' | 'clock' | 'jobs' | 'announcements' | 'journal'
>;

/** The agent ends a live call. `requested`: the provider is being asked; its event will say when the call is over. */
export async function requestHangUp(
  ports: Ports,
  callId: string,
): Promise<'requested' | 'not_found' | 'call_not_live' | 'provider_cannot'> {
  const { store, telephony, clock } = ports;
  const now = clock.now();
  const applied = await store.changeByCall(callId, (scene) => {
    const answer = hangUp(scene, telephony.capabilities, now);
    return {
      change: answer.kind === 'changed' ? answer.change : {},
      answer: answer.kind === 'changed' ? ('requested' as const) : answer.because,
    };
  });
  if (applied === null) return 'not_found';
  if (applied.answer === 'requested') tell(ports, applied);
  return applied.answer;
}

/** The agent's disposition and notes; saving again replaces what was said before. */
export async function saveDisposition(
  ports: Ports,
  callId: string,
  said: { disposition: Disposition; notes: string | null; callbackAt: Date | null },
): Promise<'saved' | 'not_found' | 'not_placed'> {
  const now = ports.clock.now();
  const applied = await ports.store.changeByCall(callId, (scene) => saveVerdict(scene, said, now));
  if (applied === null) return 'not_found';
  if (applied.answer === 'saved') tell(ports, applied);
  return applied.answer;
}
