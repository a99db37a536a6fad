import { ActionIcon, Button, Group, Paper, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { ApiError } from '@outdial/client';
import type { Suppression } from '@outdial/protocol';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { type Column, DataTable } from '../../../components/data-table.js';
import { ErrorNote } from '../../../components/error-state.js';
import { Moment } from '../../../components/moment.js';
import { notifyDone } from '../../../components/notify.js';
import { PhoneNumber } from '../../../components/phone-number.js';
import { useMay } from '../../../data/account-context.js';
import { count, SUPPRESSION_SOURCE_WORDS } from '../../../domain/catalogue/words.js';
import { formatPhone } from '../../../domain/format-phone.js';
import { confirm } from '../../../ui/confirm.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { useAddSuppressions } from '../api/use-add-suppressions.js';
import { useRemoveSuppression } from '../api/use-remove-suppression.js';
import { useSuppressions } from '../api/use-suppressions.js';
import { SuppressionFile } from './suppression-file.js';

/** The numbers that are never dialed; who may not read them may still add to them. */
export function SuppressionList() {
  const may = useMay();
  return (
    <Stack gap="md">
      {may('suppressions.add') && <AddNumbers />}
      {may('suppressions.manage') && <SuppressionFile />}
      {may('suppressions.read') && <Numbers mayRemove={may('suppressions.manage')} />}
    </Stack>
  );
}

function Numbers({ mayRemove }: { mayRemove: boolean }) {
  const list = useSuppressions();
  const remove = useRemoveSuppression();
  const columns: ReadonlyArray<Column<Suppression>> = [
    { key: 'number', header: 'Number', render: (s) => <PhoneNumber value={s.phone_number} /> },
    { key: 'reason', header: 'Reason', wide: true, render: (s) => s.reason },
    { key: 'source', header: 'Put here by', render: (s) => SUPPRESSION_SOURCE_WORDS[s.source] },
    { key: 'since', header: 'Since', render: (s) => <Moment at={s.created_at} /> },
    {
      key: 'actions',
      header: '',
      width: 48,
      render: (s) =>
        mayRemove && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Take ${formatPhone(s.phone_number)} off the list`}
            onClick={() =>
              confirm({
                title: `Allow calls to ${formatPhone(s.phone_number)} again?`,
                children: 'Make sure that this person agreed to be called.',
                confirm: 'Take off the list',
                onConfirm: () => remove.mutate(s.phone_number),
              })
            }
          >
            <IconTrash size={16} />
          </ActionIcon>
        ),
    },
  ];
  return (
    <DataTable
      label="Numbers that are never dialed"
      noun={['number', 'numbers']}
      columns={columns}
      list={list}
      rowId={(s) => s.phone_number}
      empty={
        <EmptyState title="The do-not-call list is empty">
          Numbers are added when an agent saves “Do Not Call”, or when you add them above.
        </EmptyState>
      }
    />
  );
}

function AddNumbers() {
  const add = useAddSuppressions();
  const [numbers, setNumbers] = useState('');
  const [reason, setReason] = useState('');
  const [left, setLeft] = useState<readonly { readonly reason: string }[]>([]);
  const list = numbers
    .split(/[\n,;]+/)
    .map((n) => n.trim())
    .filter((n) => n !== '');
  const fieldErrors = add.error instanceof ApiError ? add.error.errors : [];
  return (
    <Paper p="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(
            { phone_numbers: list, ...(reason.trim() ? { reason: reason.trim() } : {}) },
            {
              onSuccess: (result) => {
                notifyDone(`${count(result.added, 'number')} added.`);
                // What could not be read stays, to be corrected.
                setLeft(result.refused);
                setNumbers(result.refused.map(({ index }) => list[index] ?? '').join('\n'));
                if (result.refused.length > 0) return;
                setReason('');
              },
            },
          );
        }}
      >
        <Group align="flex-start" gap="sm">
          <Textarea
            label="Numbers"
            placeholder="One or many, separated by lines or commas"
            autosize
            minRows={1}
            maxRows={6}
            w={340}
            value={numbers}
            onChange={(event) => setNumbers(event.currentTarget.value)}
            error={numberError(fieldErrors, list) ?? notOnTheList(left)}
          />
          <TextInput
            label="Reason"
            placeholder="Asked not to be called"
            w={260}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={fieldErrors.find((e) => e.field === 'reason')?.message}
          />
          <Button type="submit" mt={22} disabled={list.length === 0} loading={add.isPending}>
            Never call
          </Button>
        </Group>
        {add.error && fieldErrors.length === 0 && <ErrorNote error={add.error} />}
        <Text size="xs" c="dimmed" mt={6}>
          Numbers on this list are never dialed, by any queue or session.
        </Text>
      </form>
    </Paper>
  );
}

function notOnTheList(refused: readonly { readonly reason: string }[]): string | undefined {
  const [first] = refused;
  return first && `${count(refused.length, 'number')} NOT on the list: the first ${first.reason}`;
}

/** Which of the numbers it is about: with a list pasted from elsewhere, the reason alone does not help. */
function numberError(errors: ApiError['errors'], numbers: readonly string[]): string | undefined {
  const error = errors.find((e) => e.field.startsWith('phone_numbers'));
  if (!error) return undefined;
  const number = numbers[Number(error.field.split('.')[1])];
  return number === undefined ? error.message : `${number} ${error.message}`;
}
