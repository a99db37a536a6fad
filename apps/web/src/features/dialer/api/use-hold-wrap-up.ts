import { useEffect } from 'react';
import { useClient } from '../../../data/client-context.js';

/** The server holds a wrap-up for 15 s at a time. */
const RENEW_EVERY_MS = 5_000;

/** Keeps the wrap-up from running out for as long as `isWriting`. That it is over already is no error. */
export function useHoldWrapUp(isWriting: boolean): void {
  const client = useClient();
  useEffect(() => {
    if (!isWriting) return;
    const hold = () => void client.dialer.holdWrapUp().catch(() => {});
    hold();
    const timer = setInterval(hold, RENEW_EVERY_MS);
    return () => clearInterval(timer);
  }, [client, isWriting]);
}
