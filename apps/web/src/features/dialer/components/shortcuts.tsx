import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';

const SHORTCUTS = [
  ['D', 'Dial next: end the wrap-up'],
  ['Space', 'Pause or resume'],
  ['Shift + S', 'Stop the session'],
  ['1 to 9', 'Save a disposition'],
  ['N', 'Write notes'],
  ['Esc or Ctrl + Enter', 'Leave the notes; they save as you type'],
  ['Shift + H', 'Hang up'],
  ['?', 'This list'],
] as const;

export function Shortcuts({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keyboard shortcuts" size="sm">
      <Stack gap={10}>
        {SHORTCUTS.map(([key, what]) => (
          <Group key={key} justify="space-between">
            <Text size="sm">{what}</Text>
            <Kbd>{key}</Kbd>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
