import { useEffect, useRef } from 'react';
import { takesTyping } from './typing-guard.js';

/** A key as `KeyboardEvent.key` names it, lower case; a letter with Shift is `shift+s`. Destructive ones need Shift. */
export type Hotkeys = Record<string, () => void>;

const OPEN_ABOVE = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox]';

/**
 * Single keys that work anywhere on the page, except in a field, while text is composed, while a dialog or a menu is open, or with
 * another modifier held; and never for keys that were meant for a field that went away (`watchTyping` keeps those back). A
 * button that was reached with the keyboard keeps its own space and enter; one that was clicked does not.
 */
export function useHotkeys(hotkeys: Hotkeys): void {
  const current = useRef(hotkeys);
  useEffect(() => {
    current.current = hotkeys;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target as HTMLElement | null;
      if (takesTyping(target) || takesTyping(document.activeElement)) return;
      if (target?.closest?.('input, select')) return;
      if (document.querySelector(OPEN_ABOVE)) return;
      const key = keyOf(event);
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

function keyOf({ key, shiftKey }: KeyboardEvent): string {
  if (key === ' ') return 'space';
  const lower = key.toLowerCase();
  // Only letters: on many keyboards `?` and digits need Shift themselves.
  return shiftKey && /^[a-z]$/.test(lower) ? `shift+${lower}` : lower;
}
