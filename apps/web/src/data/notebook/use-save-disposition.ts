import type { Call } from '@outdial/protocol';
import { useMutation } from '@tanstack/react-query';
import type { ChosenDisposition } from './notebook.js';
import { useNotebook } from './notebook-context.js';

/** Saves a disposition with the note as it stands. Without a connection it is kept in this browser and sent later: null. */
export function useSaveDisposition(call: Call) {
  const notebook = useNotebook();
  return useMutation({
    mutationFn: (chosen: ChosenDisposition) => notebook.dispose(call, chosen),
  });
}
