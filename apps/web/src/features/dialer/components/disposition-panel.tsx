import { Button, Group, Paper, Text, Textarea, TextInput } from '@mantine/core';
import type { Call, DispositionList } from '@outdial/protocol';
import { IconCheck } from '@tabler/icons-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { confirm } from '../../../ui/confirm.js';
import { ErrorNote } from '../../../ui/error-state.js';
import { toLocalInput } from '../../../ui/format-time.js';
import { type Hotkeys, useHotkeys } from '../../../ui/hotkeys.js';
import { useSetDisposition } from '../api/use-set-disposition.js';
import { draftOf, dropDraft, keepDraft } from '../note-drafts.js';
import classes from './dialer.module.css';

type Disposition = DispositionList['dispositions'][number];

interface DispositionPanelProps {
  call: Call;
  dispositions: readonly Disposition[];
  notesRef: RefObject<HTMLTextAreaElement | null>;
}

/**
 * What the agent says of a conversation. One key saves it, with the notes as they are; a call-back asks when, and do-not-call whether.
 * Mounted once per call (`key`), so that nothing of one person's notes ends up at another's.
 */
export function DispositionPanel({ call, dispositions, notesRef }: DispositionPanelProps) {
  const [notes, setNotes] = useState(() => draftOf(call.id) || savedNotes(call));
  const [saved, setSaved] = useState(() => savedNotes(call));
  const [asksWhen, setAsksWhen] = useState<Disposition | null>(null);
  const save = useSetDisposition();
  useSavedWhenTheCallIsGone(call, notes);

  const put = (disposition: Disposition, callbackAt?: string) => {
    const text = notes.trim();
    save.mutate(
      {
        callId: call.id,
        disposition: disposition.label,
        ...(text === '' ? {} : { notes: text }),
        ...(callbackAt ? { callback_at: callbackAt } : {}),
      },
      {
        onSuccess: () => {
          dropDraft(call.id);
          setSaved(text);
          setAsksWhen(null);
        },
      },
    );
  };
  // A key pressed by mistake would take a number out for good; Enter confirms.
  const askFirst = (disposition: Disposition) =>
    confirm({
      title: `Never call ${call.lead.name} again?`,
      children:
        'The number goes on the do-not-call list, for every queue and every agent. Only the list itself, under Settings, takes it off again.',
      confirm: disposition.label,
      cancel: 'Cancel',
      onConfirm: () => put(disposition),
    });
  const choose = (disposition: Disposition) => {
    if (disposition.effect === 'callback') setAsksWhen(disposition);
    else if (disposition.effect === 'suppress') askFirst(disposition);
    else put(disposition);
  };

  const hotkeys: Hotkeys = {};
  dispositions.slice(0, 9).forEach((disposition, index) => {
    hotkeys[String(index + 1)] = () => choose(disposition);
  });
  useHotkeys(hotkeys);

  const chosen = dispositions.find((d) => d.label === call.disposition);
  const mayPlace = call.state !== 'QUEUED';
  return (
    <Paper p="md" component="section" aria-label="Disposition">
      <Group justify="space-between" mb="sm" mih={22}>
        <Text fw={620}>How did it go with {call.lead.name}?</Text>
        {save.isSuccess && call.disposition && (
          <Text size="sm" c="signal" role="status" fw={560}>
            <IconCheck size={14} style={{ verticalAlign: -2 }} /> Saved: {call.disposition}
          </Text>
        )}
      </Group>
      <fieldset className={classes.dispositions} aria-label="Dispositions">
        {dispositions.map((disposition, index) => (
          <button
            key={disposition.code}
            type="button"
            className={classes.disposition}
            data-effect={disposition.effect}
            aria-pressed={(asksWhen ?? chosen)?.code === disposition.code}
            aria-keyshortcuts={index < 9 ? String(index + 1) : undefined}
            disabled={!mayPlace || save.isPending}
            onClick={() => choose(disposition)}
          >
            {index < 9 && (
              <span className={classes.key} aria-hidden>
                {index + 1}
              </span>
            )}
            {disposition.label}
          </button>
        ))}
      </fieldset>
      {asksWhen && (
        <CallbackWhen
          isSaving={save.isPending}
          onCancel={() => setAsksWhen(null)}
          onSave={(at) => put(asksWhen, at)}
        />
      )}
      <Textarea
        ref={notesRef}
        mt="sm"
        label="Notes"
        placeholder="Press N to write, Ctrl+Enter to save"
        autosize
        minRows={2}
        maxRows={8}
        value={notes}
        onChange={(event) => {
          setNotes(event.currentTarget.value);
          keepDraft(call.id, event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && chosen) put(chosen);
        }}
      />
      <Group justify="space-between" mt="xs" mih={30}>
        <Text size="xs" c="dimmed">
          A disposition saves the notes with it.
        </Text>
        {chosen && notes.trim() !== saved && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => put(chosen)}
            loading={save.isPending}
          >
            Save notes
          </Button>
        )}
      </Group>
      <ErrorNote error={save.error} />
    </Paper>
  );
}

/** Holds the place of the panel while phones ring, and shows which key will say what. */
export function NobodyYet({ dispositions }: { dispositions: readonly Disposition[] }) {
  return (
    <Paper p="md" component="section" aria-label="Disposition">
      <Text fw={620} c="dimmed" mb="sm" mih={22}>
        When somebody answers, say here how it went
      </Text>
      <fieldset className={classes.dispositions} aria-label="Dispositions" disabled>
        {dispositions.map((disposition, index) => (
          <button key={disposition.code} type="button" className={classes.disposition} disabled>
            {index < 9 && (
              <span className={classes.key} aria-hidden>
                {index + 1}
              </span>
            )}
            {disposition.label}
          </button>
        ))}
      </fieldset>
    </Paper>
  );
}

function CallbackWhen({
  isSaving,
  onSave,
  onCancel,
}: {
  isSaving: boolean;
  onSave: (at: string) => void;
  onCancel: () => void;
}) {
  const [at, setAt] = useState(() => toLocalInput(new Date(Date.now() + 24 * 3600_000)));
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const inHours = (hours: number) => setAt(toLocalInput(new Date(Date.now() + hours * 3600_000)));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (at !== '') onSave(new Date(at).toISOString());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <Group align="flex-end" gap="xs" mt="sm">
        <TextInput
          ref={input}
          type="datetime-local"
          label="Call back at"
          value={at}
          required
          withAsterisk={false}
          onChange={(event) => setAt(event.currentTarget.value)}
        />
        <Button variant="default" onClick={() => inHours(1)}>
          In 1 hour
        </Button>
        <Button variant="default" onClick={() => inHours(24)}>
          Tomorrow
        </Button>
        <Button variant="default" onClick={() => inHours(7 * 24)}>
          In a week
        </Button>
        <Button type="submit" loading={isSaving}>
          Save call-back
        </Button>
      </Group>
    </form>
  );
}

/** Before the call is over the notes are the agent's own; afterwards they may be what the outcome says by itself. */
function savedNotes(call: Call): string {
  return call.state === 'COMPLETED' ? '' : (call.notes ?? '');
}

/**
 * When the wrap-up runs out while somebody writes, the next round takes the panel away. What was written is then saved
 * with the disposition that the call has.
 */
function useSavedWhenTheCallIsGone(call: Call, notes: string): void {
  const save = useSetDisposition();
  const latest = useRef({ call, notes, save });
  useEffect(() => {
    latest.current = { call, notes, save };
  });
  useEffect(
    () => () => {
      const then = latest.current;
      const unsaved = draftOf(then.call.id).trim();
      if (unsaved === '' || then.call.state !== 'COMPLETED' || !then.call.disposition) return;
      dropDraft(then.call.id);
      then.save.mutate({
        callId: then.call.id,
        disposition: then.call.disposition,
        notes: unsaved,
      });
    },
    [],
  );
}
