import type { SharedMemory } from '@outdial/kit';
import type { SharedNetwork } from './shared-network.js';

/** Milliseconds since 1970, as a `Date` can hold them. */
const MOMENT = /^\d{1,15}$/;
const HANG_UP = /^(\S{1,200}) (\d{1,15})$/;

/**
 * The simulated network of several nodes. The nodes share the id of each call and the time of each hang-up, both for as long as a node
 * may ask; and a channel for hang-ups. While they are out of reach, each node goes by what it knows.
 */
export function networkOver(
  memory: SharedMemory,
  connectionId: string,
): SharedNetwork & { close(): void } {
  const placedKey = (callId: string): string => `${connectionId}:call:${callId}`;
  const hungUpKey = (callId: string): string => `${connectionId}:hung-up:${callId}`;
  const channel = `${connectionId}:hang-ups`;
  const listeners = new Set<(callId: string, at: Date) => void>();
  const stopListening = memory.listen(channel, (text) => {
    // Anything may be written there: what is no hang-up is ignored.
    const [, callId = '', at = ''] = HANG_UP.exec(text) ?? [];
    if (callId === '') return;
    for (const listener of listeners) listener(callId, new Date(Number(at)));
  });
  return {
    placed(callId, providerCallId, keepMs) {
      void memory.put(placedKey(callId), providerCallId, keepMs);
    },
    async hungUp(callId, at, keepMs) {
      await Promise.all([
        memory.put(hungUpKey(callId), String(at.getTime()), keepMs, { ifAbsent: true }),
        memory.publish(channel, `${callId} ${at.getTime()}`),
      ]);
    },
    async recall(callId) {
      const [providerCallId = null, hungUpAt = null] = await memory.get([
        placedKey(callId),
        hungUpKey(callId),
      ]);
      return {
        providerCallId,
        hungUpAt: hungUpAt !== null && MOMENT.test(hungUpAt) ? new Date(Number(hungUpAt)) : null,
      };
    },
    onHangUp(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: stopListening,
  };
}
