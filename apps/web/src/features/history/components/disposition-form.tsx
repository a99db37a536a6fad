import { Button, Group, Select, Stack, Textarea } from '@mantine/core';
import { type Call, type Disposition, NOTE_MAX } from '@outdial/protocol';
import { useState } from 'react';
import { CallbackWhen } from '../../../components/callback-when.js';
import { confirmDoNotCall } from '../../../components/confirm-do-not-call.js';
import { ErrorNote } from '../../../components/error-state.js';
import { NoteStatusLine } from '../../../components/note-status-line.js';
import { notifyDone } from '../../../components/notify.js';
import { useNote } from '../../../data/notebook/notebook-context.js';
import { useSaveDisposition } from '../../../data/notebook/use-save-disposition.js';
import { useDispositions } from '../../../data/use-dispositions.js';

/**
 * The disposition and the note of a call that may be long over. The note is in the notebook, as in the dialer: it saves itself,
 * outlives a reload and a lost connection, and is merged with what another device writes.
 */
export function DispositionForm({ call }: { call: Call }) {
  const dispositions = useDispositions(call.queue_id).data?.dispositions ?? [];
  const note = useNote(call);
  const save = useSaveDisposition(call);
  const [chosen, setChosen] = useState<Disposition | null>(null);

  const saved = note.unsent?.label ?? call.disposition;
  const labels = dispositions.map(({ label }) => label);
  const choices = saved && !labels.includes(saved) ? [saved, ...labels] : labels;
  const put = (disposition: Disposition, callbackAt?: string) =>
    save.mutate(
      { disposition: disposition.code, label: disposition.label, callback_at: callbackAt },
      {
        onSuccess: (answer) => {
          setChosen(null);
          // Without a connection the line under the note says where it is.
          if (answer) notifyDone(`Saved as ${disposition.label}. The CRM is updated next.`);
        },
      },
    );
  const submit = () => {
    if (!chosen) return;
    if (chosen.effect === 'suppress_person') {
      confirmDoNotCall(call.lead.name, chosen.label, () => put(chosen));
    } else put(chosen);
  };
  return (
    <Stack gap="sm">
      <Select
        label="Disposition"
        data={choices}
        value={chosen?.label ?? saved}
        onChange={(label) =>
          setChosen(label === saved ? null : (dispositions.find((d) => d.label === label) ?? null))
        }
        allowDeselect={false}
        disabled={call.state === 'QUEUED'}
      />
      {chosen?.effect === 'callback' && (
        <CallbackWhen
          isSaving={save.isPending}
          error={save.error}
          onCancel={() => setChosen(null)}
          onSave={(at) => put(chosen, at)}
        />
      )}
      {chosen && chosen.effect !== 'callback' && (
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => setChosen(null)}>
            Cancel
          </Button>
          <Button onClick={submit} loading={save.isPending}>
            Save disposition
          </Button>
        </Group>
      )}
      <div>
        <Textarea
          label="Notes"
          autosize
          minRows={2}
          maxRows={10}
          maxLength={NOTE_MAX}
          value={note.text}
          onChange={(event) => note.type(event.currentTarget.value)}
        />
        <NoteStatusLine note={note} />
      </div>
      {chosen?.effect !== 'callback' && <ErrorNote error={save.error} />}
    </Stack>
  );
}
