import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './selection-bar.module.css';

interface SelectionBarProps {
  /** What is selected, for those who cannot see it. */
  label: string;
  count: number;
  onClear: () => void;
  children: ReactNode;
}

/** What can be done with the rows that are selected. */
export function SelectionBar({ label, count, onClear, children }: SelectionBarProps) {
  return (
    <div className={classes.bar} role="toolbar" aria-label={label}>
      <strong className="tabular">{count.toLocaleString('en')} selected</strong>
      {children}
      <ActionIcon
        variant="transparent"
        c="white"
        aria-label="Clear the selection"
        onClick={onClear}
      >
        <IconX size={17} />
      </ActionIcon>
    </div>
  );
}
