import { Button, Group, Paper, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { CSV_BEGINNING, csvLine, type ImportedSuppressions } from '@outdial/protocol';
import { IconDownload, IconFileUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { count } from '../../../domain/catalogue/words.js';
import { errorText } from '../../../domain/error-text.js';
import { FileDrop } from '../../../ui/file-drop.js';
import { saveFile } from '../../../ui/save-file.js';
import { useImportSuppressions } from '../api/use-import-suppressions.js';

const SHOWN_LINES = 20;

/** A do-not-call list as a file: what is in it is shown first, then stored. Bad lines keep the good ones out no more. */
export function SuppressionFile() {
  const look = useImportSuppressions();
  const store = useImportSuppressions();
  const [file, setFile] = useState<File | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const done = store.data;
  const read = done ?? look.data;

  const take = (dropped: File) => {
    setRefusal(null);
    setFile(dropped);
    store.reset();
    look.mutate({ file: dropped, options: { preview: true } });
  };
  const startOver = () => {
    setFile(null);
    look.reset();
    store.reset();
  };

  return (
    <Paper p="md" component="section" aria-label="A do-not-call list as a file">
      {file && read ? (
        <Stack gap="sm">
          <div>
            <Title order={3}>{file.name}</Title>
            <Text size="sm" role="status">
              {done
                ? `${count(done.added, 'number')} added, ${done.already_there.toLocaleString('en')} on the list already.`
                : `${count(read.numbers, 'number')} in ${count(read.rows, 'line')}, read from ${read.phone_columns.map((column) => `“${column}”`).join(', ')}.`}
              {read.left_out > 0 &&
                ` ${count(read.left_out, 'line')} left out: their do-not-call column says no.`}
            </Text>
          </div>
          {read.refused_total > 0 && <RefusedLines read={read} name={file.name} />}
          {store.error && <ErrorNote error={errorText(store.error)} />}
          {done ? (
            <Group>
              <Button variant="default" onClick={startOver}>
                Another file
              </Button>
            </Group>
          ) : (
            <Group align="flex-end" gap="sm">
              <TextInput
                label="Reason"
                placeholder="On an imported do-not-call list"
                w={260}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
              <Button
                loading={store.isPending}
                disabled={read.numbers === 0}
                onClick={() =>
                  store.mutate({
                    file,
                    options: reason.trim() === '' ? {} : { reason: reason.trim() },
                  })
                }
              >
                Never call {count(read.numbers, 'number')}
              </Button>
              <Button variant="default" onClick={startOver}>
                Cancel
              </Button>
            </Group>
          )}
        </Stack>
      ) : (
        <Stack gap="sm">
          <FileDrop
            label="Do-not-call list"
            accept=".csv,.tsv,.txt,text/csv,text/plain"
            busy={look.isPending}
            onFile={take}
            onRefuse={() => setRefusal('One file at a time, please.')}
          >
            <Group justify="center" gap="md" wrap="nowrap">
              <IconFileUpload size={28} stroke={1.4} aria-hidden />
              <div>
                <Text fw={600}>Drop a do-not-call list here, or click to choose one</Text>
                <Text size="sm" c="dimmed">
                  CSV or plain text, one number a line or in columns.
                </Text>
              </div>
            </Group>
          </FileDrop>
          <ErrorNote error={refusal ?? (look.error ? errorText(look.error) : null)} />
        </Stack>
      )}
    </Paper>
  );
}

function RefusedLines({ read, name }: { read: ImportedSuppressions; name: string }) {
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={600} c="rust">
          {count(read.refused_total, 'line')} cannot be read and{' '}
          {read.refused_total === 1 ? 'is' : 'are'} NOT on the list
        </Text>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={14} />}
          onClick={() =>
            saveFile(
              `${name.replace(/\.[^.]+$/, '')}-refused.csv`,
              new Blob([refusedAsCsv(read)], { type: 'text/csv;charset=utf-8' }),
            )
          }
        >
          Download these lines
        </Button>
      </Group>
      <Table aria-label="Lines that cannot be read" verticalSpacing={4}>
        <Table.Tbody>
          {read.refused.slice(0, SHOWN_LINES).map(({ line, cells, reason }) => (
            <Table.Tr key={line}>
              <Table.Td className="tabular" w={80}>
                Line {line}
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                {cells.join(', ').slice(0, 120)}
              </Table.Td>
              <Table.Td>{reason}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {read.refused_total > SHOWN_LINES && (
        <Text size="xs" c="dimmed">
          The first {SHOWN_LINES} are shown; the file has {read.refused.length.toLocaleString('en')}
          .
        </Text>
      )}
    </div>
  );
}

/** The lines as they were, with their number and the reason behind: to be corrected and imported again. */
export function refusedAsCsv({
  columns,
  refused,
}: Pick<ImportedSuppressions, 'columns' | 'refused'>): string {
  const rows = refused.map(({ line, cells, reason }) =>
    csvLine([...columns.map((_, at) => cells[at] ?? ''), line, reason]),
  );
  return [CSV_BEGINNING, csvLine([...columns, 'Outdial line', 'Outdial reason']), ...rows].join('');
}
