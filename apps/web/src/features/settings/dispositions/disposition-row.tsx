import { ActionIcon, Group, Text } from '@mantine/core';
import type { Disposition } from '@outdial/protocol';
import { IconArrowDown, IconArrowUp, IconPencil, IconTrash } from '@tabler/icons-react';
import { EFFECT_WORDS } from './disposition-words.js';
import classes from './dispositions.module.css';
import { retrySentence } from './retry-sentence.js';

interface DispositionRowProps {
  disposition: Disposition;
  /** What the server refuses about it. */
  errors: readonly string[];
  isFirst: boolean;
  isLast: boolean;
  /** Agents need one disposition that suppresses a person, so the last of them stays. */
  mayRemove: boolean;
  onMove: (step: -1 | 1) => void;
  onEdit: () => void;
  onRemove: () => void;
}

export function DispositionRow(props: DispositionRowProps) {
  const { disposition, errors, isFirst, isLast, mayRemove, onMove, onEdit, onRemove } = props;
  const { code, label, effect, retry, color, key } = disposition;
  const actions = [
    { words: `Move ${label} up`, Icon: IconArrowUp, off: isFirst, act: () => onMove(-1) },
    { words: `Move ${label} down`, Icon: IconArrowDown, off: isLast, act: () => onMove(1) },
    { words: `Change ${label}`, Icon: IconPencil, off: false, act: onEdit },
    { words: `Remove ${label}`, Icon: IconTrash, off: !mayRemove, act: onRemove },
  ];
  return (
    <li className={`${classes.row} ${classes.colors}`} data-color={color}>
      <span>{key !== null && <span className={classes.key}>{key}</span>}</span>
      <div className={classes.words}>
        <Text size="sm" fw={560}>
          {label}
        </Text>
        <Text size="xs" c="dimmed">
          {code} · {EFFECT_WORDS[effect].label}
          {retry !== null && ` · ${retrySentence(retry)}`}
        </Text>
        {errors.map((message) => (
          <Text key={message} size="xs" c="rust" role="alert">
            {message}
          </Text>
        ))}
      </div>
      <Group gap={4} wrap="nowrap" className={classes.actions}>
        {actions.map(({ words, Icon, off, act }) => (
          <ActionIcon
            key={words}
            aria-label={words}
            variant="subtle"
            color="gray"
            size={36}
            disabled={off}
            onClick={act}
          >
            <Icon size={18} />
          </ActionIcon>
        ))}
      </Group>
    </li>
  );
}
