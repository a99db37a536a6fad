import type { Call, DialerStatus } from '@outdial/protocol';
import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useSyncExternalStore,
} from 'react';
import { notifyLost } from '../../components/notify.js';
import { useAccount } from '../account-context.js';
import { useConnection } from '../client-context.js';
import { keys } from '../keys.js';
import { createNoteStorage } from './note-storage.js';
import { createNotebook, type Notebook, type NoteState } from './notebook.js';

const NotebookContext = createContext<Notebook | null>(null);

/** Keeps what the signed-in person writes of calls, on every page: a note is sent also when the dialer is not on the screen. */
export function NotebookProvider({ children }: { children: ReactNode }) {
  const { user } = useAccount();
  const { client, live } = useConnection();
  const queryClient = useQueryClient();
  const notebook = useMemo(
    () =>
      createNotebook({
        server: client.calls,
        storage: createNoteStorage(user.id),
        serialize: (work) => serialize(`outdial.outbox.${user.id}`, work),
        onSaved: (call) => showCall(queryClient, call),
        onRefused: ({ leadName, label, body }, why) =>
          notifyLost(`“${label ?? body.disposition}” for ${leadName} was not saved`, why),
      }),
    [client, queryClient, user.id],
  );
  useEffect(() => notebook.start(), [notebook]);
  useEffect(() => {
    if (live === 'connected') void notebook.send();
  }, [live, notebook]);
  useEffect(() => {
    const onOnline = () => void notebook.send();
    const onHidden = () => {
      // The page may never run again; what does not arrive is in the browser's storage.
      if (document.visibilityState === 'hidden') void notebook.send({ keepalive: true });
    };
    window.addEventListener('online', onOnline);
    document.addEventListener('visibilitychange', onHidden);
    return () => {
      window.removeEventListener('online', onOnline);
      document.removeEventListener('visibilitychange', onHidden);
    };
  }, [notebook]);
  return <NotebookContext value={notebook}>{children}</NotebookContext>;
}

export function useNotebook(): Notebook {
  const notebook = useContext(NotebookContext);
  if (!notebook) throw new Error('There is no NotebookProvider above this component.');
  return notebook;
}

/** The note of one call, as it stands on this screen. Follows what other devices write. */
export function useNote(call: Call): NoteState & { readonly type: (text: string) => void } {
  const notebook = useNotebook();
  // Before it is drawn: what is in the storage must not flicker in.
  useLayoutEffect(() => notebook.observe(call), [notebook, call]);
  const state = useSyncExternalStore(notebook.subscribe, () => notebook.state(call.id));
  return { ...state, type: (text) => notebook.type(call.id, text) };
}

/** Puts a call into what the dialer shows. */
export function showCall(queryClient: ReturnType<typeof useQueryClient>, call: Call): void {
  queryClient.setQueryData<DialerStatus>(keys.dialer, (old) =>
    old?.session?.id === call.session_id
      ? {
          ...old,
          session: {
            ...old.session,
            calls: old.session.calls.map((c) => (c.id === call.id ? call : c)),
          },
        }
      : old,
  );
  queryClient.setQueryData<Call>(keys.call(call.id), (old) => (old ? call : old));
}

async function serialize<T>(name: string, work: () => Promise<T>): Promise<T> {
  // There are none on a page that came over plain http from another machine; then the server knows a request that comes twice.
  if (typeof navigator === 'undefined' || !navigator.locks) return work();
  return (await navigator.locks.request(name, work)) as Awaited<T>;
}
