import {
  Button,
  Group,
  Input,
  Paper,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { ApiError } from '@outdial/client';
import type { ImportField, ImportPreview } from '@outdial/protocol';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { useConfig } from '../../../data/use-config.js';
import { useQueues } from '../../../data/use-queues.js';
import { count } from '../../../domain/catalogue/words.js';
import { errorText } from '../../../domain/error-text.js';
import type { ReadingOptions } from '../api/use-preview.js';
import { useStartImport } from '../api/use-start-import.js';
import { COUNTRIES } from '../countries.js';
import { ColumnList } from './column-list.js';
import { FileReading } from './file-reading.js';

const NO_QUEUE = 'none';
const NEW_QUEUE = 'new';
interface MappingFormProps {
  file: File;
  preview: ImportPreview;
  rereading: boolean;
  rereadError: unknown;
  onReread: (options: ReadingOptions) => void;
  onStarted: (importId: string) => void;
  onBack: () => void;
}

/** Which column is what, and what happens to the rows. The guesses are the server's. */
export function MappingForm({
  file,
  preview,
  rereading,
  rereadError,
  onReread,
  onStarted,
  onBack,
}: MappingFormProps) {
  const queues = useQueues();
  const config = useConfig();
  const start = useStartImport();
  const [mapping, setMapping] = useState<Record<string, ImportField>>(preview.mapping);
  const [preferred, setPreferred] = useState<readonly string[]>(preview.phone_columns);
  const [country, setCountry] = useState<string | null>(null);
  const [duplicates, setDuplicates] = useState<'skip' | 'update'>('skip');
  const [queue, setQueue] = useState(NO_QUEUE);
  const [queueName, setQueueName] = useState(file.name.replace(/\.[^.]+$/, ''));

  const chosenCountry = country ?? config.data?.settings.imports.default_country ?? null;
  const mapped = Object.values(mapping);
  const missing = [
    mapped.includes('phone_number') ? null : 'the phone number',
    mapped.some((f) => f === 'name' || f === 'first_name' || f === 'last_name') ? null : 'the name',
  ].filter((m) => m !== null);
  /** Those that are mapped to the number, in the order in which they are tried. */
  const phoneColumns = [
    ...preferred.filter((column) => mapping[column] === 'phone_number'),
    ...preview.columns.filter(
      (column) => mapping[column] === 'phone_number' && !preferred.includes(column),
    ),
  ];
  const left = preview.columns.filter((column) => mapping[column] === undefined);
  /** What the server took for a mark, and a person took away. */
  const unmarked = left.filter((column) => preview.mapping[column] === 'do_not_call');

  const map = (column: string, field: ImportField | null) => {
    const { [column]: _old, ...rest } = mapping;
    setMapping(field === null ? rest : { ...rest, [column]: field });
  };
  const prefer = (column: string) => {
    const at = phoneColumns.indexOf(column);
    const before = phoneColumns[at - 1];
    if (before === undefined) return;
    setPreferred(phoneColumns.with(at - 1, column).with(at, before));
  };
  const atField = (field: string) =>
    start.error instanceof ApiError
      ? start.error.errors.find((e) => e.field === field)?.message
      : undefined;

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate(
          {
            file,
            options: {
              encoding: preview.encoding,
              heading_line: preview.heading_line,
              mapping,
              phone_columns: phoneColumns,
              duplicates,
              ...(chosenCountry ? { default_country: chosenCountry } : {}),
              ...(queue === NEW_QUEUE ? { queue_name: queueName.trim() } : {}),
              ...(queue !== NEW_QUEUE && queue !== NO_QUEUE ? { queue_id: queue } : {}),
            },
          },
          { onSuccess: (result) => onStarted(result.import.id) },
        );
      }}
    >
      <Stack gap="md">
        <FileReading
          name={file.name}
          preview={preview}
          busy={rereading}
          onReread={onReread}
          onBack={onBack}
        />
        {rereadError !== null && rereadError !== undefined && (
          <ErrorNote error={errorText(rereadError)} />
        )}
        <Paper p="md">
          <Title order={2}>Which column is what</Title>
          <Text size="sm" c="dimmed" mb="sm">
            {left.length === 0
              ? 'Every column is read.'
              : `${count(left.length, 'column')} not imported.`}
            {phoneColumns.length > 1 &&
              ' The first number that can be dialed is the lead’s; the others are kept with it.'}
          </Text>
          <ColumnList
            preview={preview}
            mapping={mapping}
            phoneColumns={phoneColumns}
            onMap={map}
            onPrefer={prefer}
          />
        </Paper>
        <Paper p="md">
          <SimpleGrid cols={{ base: 1, md: 3 }} spacing="lg">
            <Select
              label="Default country"
              description="For numbers without a country code"
              data={COUNTRIES}
              value={chosenCountry}
              onChange={setCountry}
              searchable
              placeholder="None: only international numbers"
              error={atField('default_country')}
            />
            <Input.Wrapper
              labelElement="div"
              label="If the number already exists"
              description={duplicates === 'skip' ? 'Skip' : 'The lead takes what the row says'}
            >
              <SegmentedControl
                aria-label="If the number already exists"
                value={duplicates}
                onChange={(value) => setDuplicates(value as 'skip' | 'update')}
                data={[
                  { value: 'skip', label: 'Skip' },
                  { value: 'update', label: 'Update' },
                ]}
                display="flex"
                w="fit-content"
              />
            </Input.Wrapper>
            <Stack gap="xs">
              <Select
                label="Queue"
                description="Where the leads are called from"
                data={[
                  { value: NO_QUEUE, label: 'None' },
                  { value: NEW_QUEUE, label: 'A new queue …' },
                  ...(queues.data?.queues.map((q) => ({ value: q.id, label: q.name })) ?? []),
                ]}
                value={queue}
                onChange={(value) => setQueue(value ?? NO_QUEUE)}
                allowDeselect={false}
                error={atField('queue_id')}
              />
              {queue === NEW_QUEUE && (
                <TextInput
                  label="Name of the new queue"
                  value={queueName}
                  onChange={(event) => setQueueName(event.currentTarget.value)}
                  required
                  withAsterisk={false}
                  error={atField('queue_name')}
                />
              )}
            </Stack>
          </SimpleGrid>
        </Paper>
        {start.error && <ErrorNote error={errorText(start.error)} />}
        <Group gap="md">
          <Button
            type="submit"
            loading={start.isPending}
            disabled={missing.length > 0 || rereading}
          >
            Import {count(preview.rows, 'row')}
          </Button>
          {missing.length > 0 && (
            <Text size="sm" c="rust" role="status">
              Say which column is {missing.join(' and ')}.
            </Text>
          )}
          {unmarked.length > 0 && (
            <Text size="sm" c="rust" role="status">
              “{unmarked[0]}” says who must not be called, and is not read.
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}
