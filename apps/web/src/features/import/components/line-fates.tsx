import { Button, Group, Paper, Table, Text, Title, UnstyledButton } from '@mantine/core';
import { type ImportDetail, type ImportLine, LineFate } from '@outdial/protocol';
import { IconDownload } from '@tabler/icons-react';
import { z } from 'zod';
import { type Column, DataTable } from '../../../components/data-table.js';
import { urlValue, useUrlFilters } from '../../../data/use-url-filters.js';
import { FATE_WORDS, remarkWords } from '../../../domain/catalogue/import-words.js';
import { count } from '../../../domain/catalogue/words.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { useDownloadLines } from '../api/use-download-lines.js';
import { useImportLines } from '../api/use-import-lines.js';

const FILTERS = { fate: urlValue(LineFate), remark: urlValue(z.string()) };

type LineGroup = ImportDetail['groups'][number];

const fieldWords = (field: string | null): string => field?.replaceAll('_', ' ') ?? '';

const LINES: ReadonlyArray<Column<ImportLine>> = [
  { key: 'line', header: 'Line', numeric: true, width: 80, render: (it) => it.line },
  { key: 'fate', header: 'Result', width: 120, render: (it) => FATE_WORDS[it.fate] },
  {
    key: 'reason',
    header: 'Why',
    render: (it) => (
      <Text size="sm" style={{ whiteSpace: 'normal' }}>
        {[fieldWords(it.field), it.reason].filter((part) => part !== '').join(' ')}
      </Text>
    ),
  },
];

/** What became of the lines that are no new leads as they stand: counted by kind, then line by line. */
export function LineFates({ of }: { of: ImportDetail }) {
  const download = useDownloadLines();
  const {
    filters: { fate, remark },
    set,
    clear,
  } = useUrlFilters(FILTERS);
  const chosen = fate && remark ? { fate, code: remark } : null;
  const list = useImportLines(of.id, chosen ?? {}, of.rows_done);
  const lines = of.groups.reduce((sum, group) => sum + group.lines, 0);
  if (of.groups.length === 0) return null;
  const isChosen = (group: LineGroup) => chosen?.fate === group.fate && chosen.code === group.code;
  const choose = (group: LineGroup) =>
    isChosen(group) ? clear() : set({ fate: group.fate, remark: group.code });
  return (
    <>
      <Paper p="md" component="section" aria-label="What became of the lines">
        <Group justify="space-between" mb="xs">
          <div>
            <Title order={2}>{count(lines, 'remark')} about lines</Title>
            <Text size="sm" c="dimmed">
              The file has each whole row with its reason. Correct it and import it again as it is.
            </Text>
          </div>
          <Group gap="xs">
            {of.failed > 0 && (
              <Button
                variant="default"
                size="xs"
                leftSection={<IconDownload size={14} />}
                loading={download.isPending}
                onClick={() => download.mutate({ of, fate: 'refused' })}
              >
                Refused lines
              </Button>
            )}
            <Button
              variant="default"
              size="xs"
              leftSection={<IconDownload size={14} />}
              loading={download.isPending}
              onClick={() => download.mutate({ of })}
            >
              All of these lines
            </Button>
          </Group>
        </Group>
        <Table.ScrollContainer minWidth={0}>
          <Table aria-label="Kinds of remarks" verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>What</Table.Th>
                <Table.Th ta="right">Lines</Table.Th>
                <Table.Th visibleFrom="sm">For example</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {of.groups.map((group) => (
                <Table.Tr key={`${group.fate} ${group.code} ${group.field}`}>
                  <Table.Td>
                    <UnstyledButton
                      fz="sm"
                      fw={isChosen(group) ? 700 : 560}
                      td="underline"
                      aria-pressed={isChosen(group)}
                      onClick={() => choose(group)}
                    >
                      {remarkWords(group)}
                      {group.field !== null &&
                      !/^(do_not_call|phone_number|name)$/.test(group.field)
                        ? `: ${fieldWords(group.field)}`
                        : ''}
                    </UnstyledButton>
                    <Text size="xs" c="dimmed">
                      {FATE_WORDS[group.fate]}
                    </Text>
                  </Table.Td>
                  <Table.Td ta="right" className="tabular">
                    {group.lines.toLocaleString('en')}
                  </Table.Td>
                  <Table.Td visibleFrom="sm">
                    <Text size="sm" c="dimmed">
                      Line {group.example.line}: {fieldWords(group.field)} {group.example.reason}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
      <section aria-label="Lines">
        <Title order={2} mt="xs" mb="xs">
          {chosen ? remarkWords(chosen) : 'Line by line'}
        </Title>
        <DataTable
          label="Lines of the file"
          noun={['remark', 'remarks']}
          columns={LINES}
          list={list}
          rowId={(it) => `${it.line} ${it.code} ${it.field}`}
          empty={<EmptyState title="Nothing to say about any line" />}
        />
      </section>
    </>
  );
}
