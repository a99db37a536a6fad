import { Button, Group, Paper, Text, Textarea } from '@mantine/core';
import { type Call, type Disposition, NOTE_MAX } from '@outdial/protocol';
import { IconCheck } from '@tabler/icons-react';
import { type FocusEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { CallbackWhen } from '../../../components/callback-when.js';
import { confirmDoNotCall } from '../../../components/confirm-do-not-call.js';
import { ErrorNote } from '../../../components/error-state.js';
import { NoteStatusLine } from '../../../components/note-status-line.js';
import { useNote } from '../../../data/notebook/notebook-context.js';
import { useSaveDisposition } from '../../../data/notebook/use-save-disposition.js';
import { type Hotkeys, useHotkeys } from '../../../ui/hotkeys.js';
import { takesTyping } from '../../../ui/typing-guard.js';
import { useHoldWrapUp } from '../api/use-hold-wrap-up.js';
import classes from './dialer.module.css';

interface DispositionPanelProps {
  call: Call;
  dispositions: readonly Disposition[];
  notesRef?: RefObject<HTMLTextAreaElement | null> | undefined;
  /** The call that the agent is on or has just ended: single keys save its disposition. */
  isCurrent: boolean;
  /** The wrap-up of this call counts down. */
  isWrapUp: boolean;
  /** Whether there is something in it that the agent has not finished. */
  onBusy: (callId: string, isBusy: boolean) => void;
  /** The agent is done with a call that is not the current one any more. */
  onDone: (callId: string) => void;
}

/**
 * What the agent says of a conversation. One key saves the disposition, with the note as it is; a callback asks when, and
 * do-not-call whether. The note saves itself. Mounted once per call (`key`) and kept until the agent has finished, whatever the
 * session does meanwhile, so that nothing of one person's note ends up at another's.
 */
export function DispositionPanel(props: DispositionPanelProps) {
  const { call, dispositions, notesRef, isCurrent, isWrapUp, onBusy, onDone } = props;
  const note = useNote(call);
  const save = useSaveDisposition(call);
  const [asksWhen, setAsksWhen] = useState<Disposition | null>(null);
  const { isTyping, ...focus } = useTypingWithin();
  useHoldWrapUp(isTyping && isWrapUp);

  const isBusy = isTyping || asksWhen !== null || note.status !== 'saved' || note.unsent !== null;
  useLayoutEffect(() => onBusy(call.id, isBusy), [onBusy, call.id, isBusy]);

  const put = (disposition: Disposition, callbackAt?: string) =>
    save.mutate(
      { disposition: disposition.code, label: disposition.label, callback_at: callbackAt },
      {
        onSuccess: () => {
          setAsksWhen(null);
          if (!isCurrent) onDone(call.id);
        },
      },
    );
  const askFirst = (disposition: Disposition) =>
    confirmDoNotCall(call.lead.name, disposition.label, () => put(disposition));
  const choose = (disposition: Disposition) => {
    if (disposition.effect === 'callback') setAsksWhen(disposition);
    else if (disposition.effect === 'suppress_person') askFirst(disposition);
    else put(disposition);
  };

  const hotkeys: Hotkeys = {};
  if (isCurrent) {
    for (const disposition of dispositions) {
      if (disposition.key !== null) hotkeys[disposition.key] = () => choose(disposition);
    }
  }
  useHotkeys(hotkeys);

  const chosen = dispositions.find((d) => d.code === (note.unsent?.code ?? call.disposition_code));
  const mayPlace = call.state !== 'QUEUED';
  const leaveNote = (field: HTMLTextAreaElement) => {
    field.blur();
    if (!isCurrent) onDone(call.id);
  };
  return (
    <Paper
      p="md"
      component="section"
      aria-label={isCurrent ? 'Disposition' : `Disposition for ${call.lead.name}`}
      {...focus}
    >
      <Group justify="space-between" mb="sm" mih={22} wrap="nowrap" align="flex-start">
        <Text fw={620}>
          {isCurrent
            ? `How did it go with ${call.lead.name}?`
            : `Finish your note for ${call.lead.name}. This call has ended.`}
        </Text>
        {isCurrent && save.isSuccess && !note.unsent && call.disposition && (
          <Text size="sm" c="var(--good)" role="status" fw={560}>
            <IconCheck size={14} style={{ verticalAlign: -2 }} /> Saved: {call.disposition}
          </Text>
        )}
        {!isCurrent && (
          <Button size="compact-sm" variant="default" onClick={() => onDone(call.id)}>
            Done
          </Button>
        )}
      </Group>
      <fieldset className={classes.dispositions} aria-label="Dispositions">
        {dispositions.map((disposition) => (
          <button
            key={disposition.code}
            type="button"
            className={classes.disposition}
            data-color={disposition.color}
            aria-pressed={(asksWhen ?? chosen)?.code === disposition.code}
            aria-keyshortcuts={isCurrent ? (disposition.key ?? undefined) : undefined}
            disabled={!mayPlace || (save.isPending && !note.unsent?.isOffline)}
            onClick={() => choose(disposition)}
          >
            {isCurrent && disposition.key !== null && (
              <span className={classes.key} aria-hidden>
                {disposition.key}
              </span>
            )}
            {disposition.label}
          </button>
        ))}
      </fieldset>
      {asksWhen && (
        <CallbackWhen
          isSaving={save.isPending}
          error={save.error}
          onCancel={() => setAsksWhen(null)}
          onSave={(at) => put(asksWhen, at)}
        />
      )}
      <Textarea
        ref={notesRef ?? null}
        mt="sm"
        label="Notes"
        placeholder={isCurrent ? 'Press N to write, Esc to leave' : ''}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={NOTE_MAX}
        value={note.text}
        onChange={(event) => note.type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          const isSave = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
          if (event.key === 'Escape' || isSave) leaveNote(event.currentTarget);
        }}
      />
      <NoteStatusLine note={note} />
      {!asksWhen && <ErrorNote error={save.error} />}
    </Paper>
  );
}

/** Whether a field inside has the focus; also while the person looks at another window. */
function useTypingWithin() {
  const [isTyping, setIsTyping] = useState(false);
  const root = useRef<HTMLElement>(null);
  return {
    isTyping,
    ref: root as RefObject<HTMLDivElement | null>,
    onFocus: (event: FocusEvent) => setIsTyping(takesTyping(event.target)),
    // Once the focus is where it goes to; with another window in front it stays.
    onBlur: () =>
      queueMicrotask(() => {
        const { activeElement } = document;
        setIsTyping(root.current?.contains(activeElement) === true && takesTyping(activeElement));
      }),
  };
}

/** Holds the place of the panel while phones ring, and shows which key saves what. */
export function NoAnswerYet({ dispositions }: { dispositions: readonly Disposition[] }) {
  return (
    <Paper p="md" component="section" aria-label="Disposition">
      <Text fw={620} c="dimmed" mb="sm" mih={22}>
        Disposition (available when someone answers)
      </Text>
      <fieldset className={classes.dispositions} aria-label="Dispositions" disabled>
        {dispositions.map((disposition) => (
          <button
            key={disposition.code}
            type="button"
            className={classes.disposition}
            data-color={disposition.color}
            disabled
          >
            {disposition.key !== null && (
              <span className={classes.key} aria-hidden>
                {disposition.key}
              </span>
            )}
            {disposition.label}
          </button>
        ))}
      </fieldset>
    </Paper>
  );
}
