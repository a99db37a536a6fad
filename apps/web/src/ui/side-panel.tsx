import { CloseButton } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './side-panel.module.css';

interface SidePanelProps {
  /** What it is about, for those who cannot see it. */
  label: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}

/**
 * Something beside the page, which goes on being used: its keys work and its buttons are in reach, so that a person who looks at a
 * lead during a call can hang up. Not a dialog, therefore. Escape inside closes it, and the focus goes back.
 */
export function SidePanel({ label, isOpen, onClose, children }: SidePanelProps) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const before = document.activeElement as HTMLElement | null;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, [isOpen]);
  if (!isOpen) return null;
  return (
    <aside
      ref={panel}
      className={classes.panel}
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      <CloseButton className={classes.close ?? ''} aria-label="Close" onClick={onClose} />
      {children}
    </aside>
  );
}
