import { useEffect, useRef } from 'react';

/** A key as `KeyboardEvent.key` names it, lower case. */
export type Hotkeys = Record<string, () => void>;

const EDITABLE = 'input, textarea, select, [contenteditable=true], [role=textbox], [role=combobox]';

/**
 * Single keys that work anywhere on the page, except while somebody types, while a dialog is open, or with a modifier
 * held. A button that was reached with the keyboard keeps its own space and enter; one that was clicked does not.
 */
export function useHotkeys(hotkeys: Hotkeys): void {
  const current = useRef(hotkeys);
  useEffect(() => {
    current.current = hotkeys;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const target = event.target as HTMLElement | null;
      if (target?.closest?.(EDITABLE)) return;
      if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu]')) return;
      const key = event.key === ' ' ? 'space' : event.key.toLowerCase();
      const act = current.current[key];
      if (!act) return;
      if (key === 'space' && target?.closest?.('button, a')) {
        if (target.matches(':focus-visible')) return;
        target.blur();
      }
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
