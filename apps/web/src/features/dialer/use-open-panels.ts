import type { Call } from '@outdial/protocol';
import { useCallback, useState } from 'react';

interface Shown {
  readonly current: Call | undefined;
  /** Calls of before whose note or disposition is not finished, oldest first. */
  readonly kept: readonly Call[];
}

/**
 * The calls whose disposition panels are on the screen: the current one last, before it those that the agent has not finished. A call
 * that begins never takes the place of a note that is being written, and none goes away under the mouse: what is finished by then
 * goes when the current call changes.
 */
export function useOpenPanels(current: Call | undefined, calls: readonly Call[]) {
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState<Shown>({ current, kept: [] });
  let { kept } = shown;
  if (shown.current?.id !== current?.id) {
    kept = [...kept, ...(shown.current ? [shown.current] : [])].filter(
      (call) => busy.has(call.id) && call.id !== current?.id,
    );
    setShown({ current, kept });
  }
  const onBusy = useCallback(
    (callId: string, isBusy: boolean) =>
      setBusy((old) => {
        if (old.has(callId) === isBusy) return old;
        const next = new Set(old);
        if (isBusy) next.add(callId);
        else next.delete(callId);
        return next;
      }),
    [],
  );
  const onDone = useCallback(
    (callId: string) =>
      setShown((old) => ({ ...old, kept: old.kept.filter((call) => call.id !== callId) })),
    [],
  );
  const asItIs = (call: Call) => calls.find(({ id }) => id === call.id) ?? call;
  return { panels: [...kept.map(asItIs), ...(current ? [current] : [])], onBusy, onDone };
}
