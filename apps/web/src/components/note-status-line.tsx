import { Text } from '@mantine/core';
import type { NoteState } from '../data/notebook/notebook.js';

/** Where the note and the chosen disposition are by now. */
export function NoteStatusLine({ note }: { note: NoteState }) {
  const isOnDevice = note.status === 'on_device' || note.unsent?.isOffline === true;
  const words = isOnDevice
    ? 'Saved on this device. It is sent when the connection is back.'
    : note.status === 'refused'
      ? `Not saved: ${note.error ?? 'the server refused it.'}`
      : note.status === 'saving' || note.unsent
        ? 'Saving…'
        : note.text.trim() === ''
          ? 'Notes save as you type.'
          : 'Saved';
  const color = note.status === 'refused' ? 'var(--mantine-color-error)' : 'dimmed';
  return (
    <Text size="xs" c={isOnDevice ? 'var(--careful)' : color} mt="xs" mih={18} role="status">
      {words}
    </Text>
  );
}
