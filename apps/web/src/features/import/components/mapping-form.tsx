import {
  Button,
  Group,
  Input,
  Paper,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { ApiError } from '@outdial/client';
import { IMPORT_FIELDS, type ImportField, type ImportPreview } from '@outdial/protocol';
import { useState } from 'react';
import { errorText } from '../../../data/error-text.js';
import { useConfig } from '../../../data/use-config.js';
import { useQueues } from '../../../data/use-queues.js';
import { count } from '../../../data/words.js';
import { ErrorNote } from '../../../ui/error-state.js';
import { useStartImport } from '../api/use-start-import.js';
import { COUNTRIES } from '../countries.js';

const FIELD_WORDS: Record<ImportField, string> = {
  name: 'Name',
  first_name: 'First name',
  last_name: 'Last name',
  job_title: 'Job title',
  phone_number: 'Phone number',
  company: 'Company',
  email: 'Email',
  headcount: 'Headcount',
  industry: 'Industry',
  time_zone: 'Time zone',
  score: 'Score',
};
const FIELDS = IMPORT_FIELDS.map((value) => ({ value, label: FIELD_WORDS[value] }));
const NO_QUEUE = 'none';
const NEW_QUEUE = 'new';
const DELIMITERS: Record<string, string> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'bar',
};

interface MappingFormProps {
  file: File;
  preview: ImportPreview;
  onStarted: (importId: string) => void;
  onBack: () => void;
}

/** Which column is what, and what happens to the rows. The guesses are the server's. */
export function MappingForm({ file, preview, onStarted, onBack }: MappingFormProps) {
  const queues = useQueues();
  const config = useConfig();
  const start = useStartImport();
  const [mapping, setMapping] = useState<Record<string, ImportField>>(preview.mapping);
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
  const twice = FIELDS.filter(({ value }) => mapped.filter((f) => f === value).length > 1);

  const map = (column: string, field: string | null) => {
    const { [column]: _old, ...rest } = mapping;
    setMapping(field === null ? rest : { ...rest, [column]: field as ImportField });
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
              mapping,
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
        <Paper p="md">
          <Group justify="space-between" mb="sm">
            <div>
              <Title order={2}>{file.name}</Title>
              <Text size="sm" c="dimmed">
                {count(preview.rows, 'row')}, {count(preview.columns.length, 'column')}, separated
                by {DELIMITERS[preview.delimiter] ?? preview.delimiter}
              </Text>
            </div>
            <Button variant="default" onClick={onBack}>
              Another file
            </Button>
          </Group>
          <Table.ScrollContainer minWidth={preview.columns.length * 170}>
            <Table aria-label="Columns of the file" verticalSpacing={6}>
              <Table.Thead>
                <Table.Tr>
                  {preview.columns.map((column) => (
                    <Table.Th key={column} style={{ verticalAlign: 'bottom' }}>
                      <Select
                        label={column}
                        placeholder="Not imported"
                        size="xs"
                        data={FIELDS}
                        value={mapping[column] ?? null}
                        onChange={(field) => map(column, field)}
                        clearable
                        miw={140}
                      />
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {preview.sample.slice(0, 5).map((row, line) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a sample row is its place in the file
                  <Table.Tr key={line}>
                    {preview.columns.map((column, at) => (
                      <Table.Td key={column} c={mapping[column] ? '' : 'dimmed'} fz="xs" maw={220}>
                        <Text size="xs" truncate>
                          {row[at] || '–'}
                        </Text>
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
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
              label="Numbers that are leads already"
              description={
                duplicates === 'skip'
                  ? 'The lead stays as it is'
                  : 'The lead takes what the row says'
              }
            >
              <SegmentedControl
                aria-label="Numbers that are leads already"
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
            disabled={missing.length > 0 || twice.length > 0}
          >
            Import {count(preview.rows, 'row')}
          </Button>
          {missing.length > 0 && (
            <Text size="sm" c="rust" role="status">
              Say which column is {missing.join(' and ')}.
            </Text>
          )}
          {twice[0] && (
            <Text size="sm" c="rust" role="status">
              Two columns are the {twice[0].label.toLowerCase()}; keep one.
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}
