import type { EraseReason } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { saveFile } from '../../../ui/save-file.js';

/** Reads everything that is known of the person behind a lead, and saves it as JSON. */
export function useExportPerson() {
  const client = useClient();
  return useMutation({
    mutationFn: (leadId: string) => client.people.export({ lead_id: leadId }),
    onSuccess: (person, leadId) => {
      saveFile(
        `person-${leadId}.json`,
        new Blob([JSON.stringify(person, null, 2)], { type: 'application/json' }),
      );
      notifyDone(
        'All that is known of this person is in the file. The export is in the audit log.',
      );
    },
    onError: notifyFailed,
  });
}

/** For good. Everything on the screen may be about them, so all of it is read again. */
export function useErasePerson() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ leadId, reason }: { leadId: string; reason: EraseReason }) =>
      client.people.erase({ lead_id: leadId, reason }),
    onSuccess: ({ message }) => {
      notifyDone(message);
      void queryClient.invalidateQueries();
    },
  });
}
