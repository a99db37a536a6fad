import {
  Button,
  Group,
  Paper,
  Progress,
  SimpleGrid,
  Skeleton,
  Stack,
  Table,
  Text,
  Title,
} from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Link } from 'react-router';
import { count } from '../../../data/words.js';
import { ErrorNote, ErrorState } from '../../../ui/error-state.js';
import { StatTile } from '../../../ui/stat-tile.js';
import { useDownloadErrors } from '../api/use-download-errors.js';
import { useImport } from '../api/use-import.js';

const HEADLINES = {
  PENDING: 'Waiting to begin',
  RUNNING: 'Importing',
  DONE: 'Import done',
  FAILED: 'Import failed',
};

/** How far an import is, and which rows it could not use. */
export function ImportProgress({ id }: { id: string }) {
  const query = useImport(id);
  const download = useDownloadErrors();
  if (query.error && !query.data) {
    return (
      <Paper>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Paper>
    );
  }
  if (!query.data) return <Skeleton height={220} radius="lg" />;
  const it = query.data;
  const isOver = it.state === 'DONE' || it.state === 'FAILED';
  const share = it.rows_total === 0 ? (isOver ? 100 : 0) : (it.rows_done / it.rows_total) * 100;
  return (
    <Stack gap="md">
      <Paper p="md" component="section" aria-label="Import progress">
        <Group justify="space-between" mb="xs">
          <div>
            <Title order={2} role="status">
              {HEADLINES[it.state]}
            </Title>
            <Text size="sm" c="dimmed" className="tabular">
              {it.file_name} · {it.rows_done.toLocaleString('en')} of {count(it.rows_total, 'row')}
            </Text>
          </div>
          {isOver && (
            <Group gap="xs">
              <Button component={Link} to="/import" variant="default">
                Import another file
              </Button>
              <Button component={Link} to={it.queue_id ? `/dialer?queue=${it.queue_id}` : '/leads'}>
                {it.queue_id ? 'To the dialer' : 'To the leads'}
              </Button>
            </Group>
          )}
        </Group>
        <Progress
          value={share}
          color={it.state === 'FAILED' ? 'rust' : it.state === 'DONE' ? 'signal' : 'ink'}
          aria-label="Rows done"
          size="md"
        />
        {it.error && (
          <div style={{ marginTop: 12 }}>
            <ErrorNote error={it.error} />
          </div>
        )}
      </Paper>
      <SimpleGrid cols={4} spacing="sm">
        <StatTile label="Created" value={it.created.toLocaleString('en')} />
        <StatTile label="Updated" value={it.updated.toLocaleString('en')} />
        <StatTile label="Skipped" value={it.skipped.toLocaleString('en')} />
        <StatTile label="With errors" value={it.failed.toLocaleString('en')} />
      </SimpleGrid>
      {it.errors_total > 0 && (
        <Paper p="md" component="section" aria-label="Rows with errors">
          <Group justify="space-between" mb="xs">
            <Title order={2}>{count(it.errors_total, 'row error')}</Title>
            <Button
              variant="default"
              size="xs"
              leftSection={<IconDownload size={14} />}
              loading={download.isPending}
              onClick={() => download.mutate(it)}
            >
              Download as CSV
            </Button>
          </Group>
          <Table aria-label="Row errors" verticalSpacing={5}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={80}>Line</Table.Th>
                <Table.Th w={160}>Field</Table.Th>
                <Table.Th>Reason</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {it.errors.map((error) => (
                <Table.Tr key={`${error.line} ${error.field}`}>
                  <Table.Td className="tabular">{error.line}</Table.Td>
                  <Table.Td>{error.field?.replaceAll('_', ' ') ?? '–'}</Table.Td>
                  <Table.Td>{error.reason}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          {it.errors_total > it.errors.length && (
            <Text size="xs" c="dimmed" mt="xs">
              The first {it.errors.length} are shown; the file has all of them.
            </Text>
          )}
        </Paper>
      )}
    </Stack>
  );
}
