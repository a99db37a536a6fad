import { Alert, Button, Group, Text } from '@mantine/core';
import { ErrorNote } from '../../../components/error-state.js';
import classes from './dispositions.module.css';

interface SaveBarProps {
  version: number;
  isChanged: boolean;
  isSaving: boolean;
  /** Another person saved meanwhile. */
  isConflict: boolean;
  error: unknown;
  onUndo: () => void;
  onSave: () => void;
  onLoadTheirs: () => void;
  onReplaceTheirs: () => void;
}

/** What became of the save, beside the buttons, wherever the page is scrolled to. */
export function SaveBar(props: SaveBarProps) {
  return (
    <div className={classes.bar}>
      {props.isConflict ? (
        <Alert color="amber" title="Another person saved newer dispositions" role="alert">
          <Text size="sm" mb="xs">
            Load theirs and repeat your changes, or replace theirs with yours.
          </Text>
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={props.onLoadTheirs}>
              Load theirs
            </Button>
            <Button size="xs" color="rust" onClick={props.onReplaceTheirs}>
              Replace with mine
            </Button>
          </Group>
        </Alert>
      ) : (
        <ErrorNote error={props.error} />
      )}
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed">
          {props.version === 0 ? 'Never changed' : `Version ${props.version}`}
        </Text>
        <Group gap="xs">
          <Button variant="default" disabled={!props.isChanged} onClick={props.onUndo}>
            Undo changes
          </Button>
          <Button disabled={!props.isChanged} loading={props.isSaving} onClick={props.onSave}>
            Save dispositions
          </Button>
        </Group>
      </Group>
    </div>
  );
}
