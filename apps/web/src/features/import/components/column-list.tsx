import { ActionIcon, Badge, Group, Select, Text } from '@mantine/core';
import { IMPORT_FIELDS, type ImportField, type ImportPreview } from '@outdial/protocol';
import { IconArrowUp } from '@tabler/icons-react';
import { FIELD_WORDS } from '../../../domain/catalogue/import-words.js';
import classes from './column-list.module.css';

const FIELDS = IMPORT_FIELDS.map((value) => ({ value, label: FIELD_WORDS[value] }));
const SAMPLES = 3;

const CARRIES = {
  do_not_call: 'Says who must not be called',
  consent: 'Says who agreed to be called',
  country: 'Says the country of the numbers',
  time_zone: 'Says the time zone',
} as const;

interface ColumnListProps {
  preview: ImportPreview;
  mapping: Readonly<Record<string, ImportField>>;
  phoneColumns: readonly string[];
  onMap: (column: string, field: ImportField | null) => void;
  /** One step earlier among the numbers that are tried. */
  onPrefer: (column: string) => void;
}

/** Each column of the file below the other, with what stands in it and what it becomes. */
export function ColumnList({ preview, mapping, phoneColumns, onMap, onPrefer }: ColumnListProps) {
  const carries = new Map(preview.unread.map((each) => [each.column, each.carries]));
  return (
    <ul className={classes.list} aria-label="Columns of the file">
      {preview.columns.map((column, at) => {
        const field = mapping[column] ?? null;
        const place = phoneColumns.indexOf(column);
        const law = field === null ? (carries.get(column) ?? null) : null;
        const samples = [
          ...new Set(preview.sample.map((row) => row[at] ?? '').filter((cell) => cell !== '')),
        ].slice(0, SAMPLES);
        return (
          <li key={column} className={classes.row}>
            <div>
              <Text size="sm" fw={560} style={{ overflowWrap: 'anywhere' }}>
                {column}
              </Text>
              {law && (
                <Badge color="amber" size="sm" mt={4}>
                  {CARRIES[law]}
                </Badge>
              )}
            </div>
            <Text size="sm" c="dimmed" className={classes.samples} lineClamp={2}>
              {samples.length === 0 ? 'empty in the first rows' : samples.join(' · ')}
            </Text>
            <Group gap="xs" wrap="nowrap">
              <Select
                aria-label={column}
                placeholder="Not imported"
                size="sm"
                data={FIELDS}
                value={field}
                onChange={(value) => onMap(column, value as ImportField | null)}
                clearable
                flex={1}
              />
              {place >= 0 && phoneColumns.length > 1 && (
                <>
                  <Text size="xs" c="dimmed" className="tabular" miw={22}>
                    {place + 1}.
                  </Text>
                  <ActionIcon
                    variant="default"
                    size="lg"
                    disabled={place === 0}
                    aria-label={`Try ${column} earlier`}
                    onClick={() => onPrefer(column)}
                  >
                    <IconArrowUp size={16} />
                  </ActionIcon>
                </>
              )}
            </Group>
          </li>
        );
      })}
    </ul>
  );
}
