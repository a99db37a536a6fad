import { Paper, Text, Title } from '@mantine/core';
import type { Disposition } from '@outdial/protocol';
import { useState } from 'react';
import { type Hotkeys, useHotkeys } from '../../../ui/hotkeys.js';
import classes from './dispositions.module.css';

/** The dispositions as the dialer offers them. A key pressed here marks its button and saves nothing. */
export function KeyPreview({ dispositions }: { dispositions: readonly Disposition[] }) {
  const [pressed, setPressed] = useState<string | null>(null);
  const hotkeys: Hotkeys = {};
  for (const { code, key } of dispositions) {
    if (key !== null) hotkeys[key] = () => setPressed(code);
  }
  useHotkeys(hotkeys);
  const chosen = dispositions.find(({ code }) => code === pressed);
  return (
    <Paper p="md" component="section" aria-label="Preview">
      <Title order={2}>In the dialer</Title>
      <Text size="sm" c="dimmed" mb="sm" role="status">
        {chosen ? `Key ${chosen.key} saves “${chosen.label}”.` : 'Press a key to try it.'}
      </Text>
      <div className={classes.preview}>
        {dispositions.map(({ code, label, color, key }) => (
          <div
            key={code}
            className={`${classes.button} ${classes.colors}`}
            data-color={color}
            data-pressed={code === pressed || undefined}
          >
            {key !== null && <span className={classes.key}>{key}</span>}
            {label}
          </div>
        ))}
      </div>
    </Paper>
  );
}
