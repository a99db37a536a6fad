import {
  Button,
  Group,
  Paper,
  Progress,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { Link } from 'react-router';
import { ErrorNote, ErrorState } from '../../../components/error-state.js';
import { count } from '../../../domain/catalogue/words.js';
import { StatTile } from '../../../ui/stat-tile.js';
import { useImport } from '../api/use-import.js';
import { LineFates } from './line-fates.js';

const HEADLINES = {
  PENDING: 'Waiting to begin',
  RUNNING: 'Importing',
  DONE: 'Import done',
  FAILED: 'Import failed',
};

/** How far an import is, and what became of its lines. */
export function ImportProgress({ id }: { id: string }) {
  const query = useImport(id);
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
            <Title order={2}>
              <span role="status">{HEADLINES[it.state]}</span>
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
                {it.queue_id ? 'Open dialer' : 'View leads'}
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
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm">
        <StatTile
          label="Created"
          value={it.created.toLocaleString('en')}
          note={
            it.incomplete > 0 ? `${it.incomplete.toLocaleString('en')} not with every field` : ''
          }
        />
        <StatTile label="Updated" value={it.updated.toLocaleString('en')} />
        <StatTile label="Skipped" value={it.skipped.toLocaleString('en')} />
        <StatTile label="Do not call" value={it.suppressed.toLocaleString('en')} />
        <StatTile label="Refused" value={it.failed.toLocaleString('en')} />
      </SimpleGrid>
      <LineFates of={it} />
    </Stack>
  );
}
