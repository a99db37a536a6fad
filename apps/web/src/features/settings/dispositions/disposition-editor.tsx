import { Button, Group, Paper, Text, Title } from '@mantine/core';
import { ApiError } from '@outdial/client';
import type { Disposition, DispositionSet } from '@outdial/protocol';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { notifyDone } from '../../../components/notify.js';
import { confirm } from '../../../ui/confirm.js';
import { DispositionDialog } from './disposition-dialog.js';
import { DispositionRow } from './disposition-row.js';
import classes from './dispositions.module.css';
import { freeKey, isLastSuppression, moveDisposition } from './edit-dispositions.js';
import { KeyPreview } from './key-preview.js';
import { SaveBar } from './save-bar.js';
import { useSaveDispositions } from './use-save-dispositions.js';

const MAX_DISPOSITIONS = 30;
const NOT_SAVED = 'Nothing was saved yet. Correct what is marked in red, then save again.';

interface DispositionEditorProps {
  queueId: string | null;
  read: DispositionSet;
  readAgain: () => Promise<DispositionSet | undefined>;
}

/** Edits a copy of what was read, so that another person's save never changes the form. */
export function DispositionEditor({ queueId, read, readAgain }: DispositionEditorProps) {
  const save = useSaveDispositions(queueId);
  const [base, setBase] = useState(read);
  const [draft, setDraft] = useState<readonly Disposition[]>(read.dispositions);
  /** `null`: a new one. */
  const [editing, setEditing] = useState<{ readonly disposition: Disposition | null } | null>(null);
  const isShared = queueId !== null && base.scope === 'all';
  const isChanged = JSON.stringify(draft) !== JSON.stringify(base.dispositions);
  const problem = save.error instanceof ApiError ? save.error : null;
  const errorsAt = (index: number): string[] =>
    (problem?.errors ?? [])
      .filter(({ field }) => field.startsWith(`dispositions.${index}.`))
      .map(({ field, message }) => `${field.split('.')[2]}: ${message}`);
  const isPlaced = draft.some((_, index) => errorsAt(index).length > 0);

  const change = (next: readonly Disposition[]) => {
    // The server's objections name places, and the places may have changed.
    if (!save.isPending) save.reset();
    setDraft(next);
  };
  const take = (set: DispositionSet) => {
    setBase(set);
    setDraft(set.dispositions);
    save.reset();
  };
  const put = (version: number, dispositions: readonly Disposition[] | null, done: string) =>
    save.mutate(
      { version, dispositions: dispositions && [...dispositions] },
      {
        onSuccess: (saved) => {
          setBase(saved);
          setDraft(saved.dispositions);
          notifyDone(done);
        },
      },
    );
  const saveDraft = (version: number) => put(version, draft, 'The dispositions are saved.');
  const withNewest = async (act: (newest: DispositionSet) => void) => {
    const newest = await readAgain();
    if (newest) act(newest);
  };

  if (isShared) {
    return (
      <Paper p="md" component="section" aria-label="Dispositions">
        <Title order={2}>The dispositions of all queues</Title>
        <Text size="sm" c="dimmed" mb="sm">
          This queue has no dispositions of its own.
        </Text>
        <Button
          loading={save.isPending}
          onClick={() =>
            // What was read last: those of all queues may have changed since the page was opened.
            put(read.version, read.dispositions, 'The queue has dispositions of its own now.')
          }
        >
          Give this queue its own
        </Button>
        <ErrorNote error={save.error} />
      </Paper>
    );
  }

  const edited = editing?.disposition ?? null;
  const others = draft.filter((each) => each !== edited);
  return (
    <>
      <div className={classes.layout}>
        <Paper component="section" aria-label="Dispositions">
          <ul className={classes.list}>
            {draft.map((disposition, index) => (
              <DispositionRow
                key={disposition.code}
                disposition={disposition}
                errors={errorsAt(index)}
                isFirst={index === 0}
                isLast={index === draft.length - 1}
                mayRemove={!isLastSuppression(draft, disposition)}
                onMove={(step) => change(moveDisposition(draft, index, step))}
                onEdit={() => setEditing({ disposition })}
                onRemove={() => change(draft.filter((each) => each !== disposition))}
              />
            ))}
          </ul>
          <Group p="sm" gap="xs">
            <Button
              variant="default"
              leftSection={<IconPlus size={16} />}
              disabled={draft.length >= MAX_DISPOSITIONS}
              onClick={() => setEditing({ disposition: null })}
            >
              Add a disposition
            </Button>
            {queueId !== null && (
              <Button
                variant="subtle"
                onClick={() =>
                  confirm({
                    title: 'Use the dispositions of all queues?',
                    children:
                      'The queue’s own dispositions are removed. Calls that are saved keep theirs.',
                    confirm: 'Use those of all queues',
                    onConfirm: () =>
                      put(base.version, null, 'The queue uses the dispositions of all queues.'),
                  })
                }
              >
                Use those of all queues
              </Button>
            )}
          </Group>
        </Paper>
        <KeyPreview dispositions={draft} />
      </div>
      <SaveBar
        version={base.version}
        isChanged={isChanged}
        isSaving={save.isPending}
        isConflict={problem?.code === 'version_conflict'}
        error={save.error && isPlaced ? NOT_SAVED : save.error}
        onUndo={() => change(base.dispositions)}
        onSave={() => saveDraft(base.version)}
        onLoadTheirs={() => void withNewest(take)}
        onReplaceTheirs={() => void withNewest(({ version }) => saveDraft(version))}
      />
      {editing && (
        <DispositionDialog
          initial={edited ?? blank(draft)}
          others={others}
          isNew={edited === null || !base.dispositions.some(({ code }) => code === edited.code)}
          keepsEffect={edited !== null && isLastSuppression(draft, edited)}
          onClose={() => setEditing(null)}
          onDone={(disposition) => {
            change(
              edited === null
                ? [...draft, disposition]
                : draft.map((each) => (each === edited ? disposition : each)),
            );
            setEditing(null);
          }}
        />
      )}
    </>
  );
}

const blank = (draft: readonly Disposition[]): Disposition => ({
  code: '',
  label: '',
  effect: 'keep',
  retry: null,
  color: 'gray',
  key: freeKey(draft),
});
