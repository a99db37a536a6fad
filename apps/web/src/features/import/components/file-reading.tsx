import { Alert, Button, Group, List, Paper, Select, SimpleGrid, Text, Title } from '@mantine/core';
import { FILE_ENCODINGS, type FileEncoding, type ImportPreview } from '@outdial/protocol';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ENCODING_WORDS } from '../../../domain/catalogue/import-words.js';
import { count } from '../../../domain/catalogue/words.js';
import type { ReadingOptions } from '../api/use-preview.js';

const DELIMITERS: Record<string, string> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'bar',
};
const ENCODINGS = FILE_ENCODINGS.map((value) => ({ value, label: ENCODING_WORDS[value] }));

interface FileReadingProps {
  name: string;
  preview: ImportPreview;
  busy: boolean;
  /** Read the file again in another way. */
  onReread: (options: ReadingOptions) => void;
  onBack: () => void;
}

/** How the file was read: what was found out and may be wrong can be changed here. */
export function FileReading({ name, preview, busy, onReread, onBack }: FileReadingProps) {
  const headingLines = [
    ...preview.top.map(({ line, cells }) => ({
      value: String(line),
      label: `Line ${line}: ${cells
        .filter((cell) => cell !== '')
        .join(', ')
        .slice(0, 60)}`,
    })),
    { value: '0', label: 'None: the first line is a lead' },
  ];
  if (!headingLines.some(({ value }) => value === String(preview.heading_line))) {
    headingLines.unshift({
      value: String(preview.heading_line),
      label: `Line ${preview.heading_line}`,
    });
  }
  const now = { encoding: preview.encoding, heading_line: preview.heading_line };
  return (
    <Paper p="md">
      <Group justify="space-between" mb="sm">
        <div style={{ minWidth: 0 }}>
          <Title order={2} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Title>
          <Text size="sm" c="dimmed">
            {count(preview.rows, 'row')}, {count(preview.columns.length, 'column')}, separated by{' '}
            {DELIMITERS[preview.delimiter] ?? preview.delimiter}
            {preview.remembered && ', mapped as the last file with these columns'}
          </Text>
        </div>
        <Button variant="default" onClick={onBack}>
          Another file
        </Button>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <Select
          label="Names of the columns"
          data={headingLines}
          value={String(preview.heading_line)}
          onChange={(line) => onReread({ ...now, heading_line: Number(line) })}
          allowDeselect={false}
          disabled={busy}
        />
        <div>
          <Select
            label="Encoding"
            data={ENCODINGS}
            value={preview.encoding}
            onChange={(encoding) => onReread({ ...now, encoding: encoding as FileEncoding })}
            allowDeselect={false}
            disabled={busy}
          />
          {preview.encoding_sample !== null && (
            <Text size="xs" mt={6} c={preview.encoding_sure ? 'dimmed' : ''}>
              {preview.encoding_sure ? 'Reads as: ' : 'A guess. Are these letters right? '}
              <Text span fw={600} inherit style={{ overflowWrap: 'anywhere' }}>
                {preview.encoding_sample}
              </Text>
            </Text>
          )}
        </div>
      </SimpleGrid>
      {preview.warnings.length > 0 && (
        <Alert
          mt="md"
          color="amber"
          variant="light"
          title="Look at this first"
          icon={<IconAlertTriangle size={16} />}
        >
          <List size="sm" spacing={4}>
            {preview.warnings.map(({ message }) => (
              <List.Item key={message}>{message}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Paper>
  );
}
