/**
 * Keeps what a person types from becoming commands when the field goes away under their hands: a live event unmounts it, disables it
 * or takes its focus. From then on keys do nothing until the typing has stopped for `QUIET_MS`. Leaving a field on purpose (Escape,
 * Tab, a click elsewhere) ends it at once.
 */

/** Longer than the pause between two keys of a slow typist, and than it takes to look up at the screen. */
export const QUIET_MS = 1_500;
/** How soon a field that went away is noticed while no key is pressed. */
const LOOK_EVERY_MS = 100;

const NOT_TYPED_INTO = new Set([
  'button',
  'checkbox',
  'color',
  'file',
  'hidden',
  'image',
  'radio',
  'range',
  'reset',
  'submit',
]);

/** Whether keys go into this element as text or as a choice: then they belong to it and to nothing else. */
export function takesTyping(element: EventTarget | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  if (element instanceof HTMLInputElement) return !NOT_TYPED_INTO.has(element.type);
  return (
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    element.isContentEditable ||
    // happy-dom knows no `isContentEditable`.
    element.closest(
      '[contenteditable=""], [contenteditable=true], [role=textbox], [role=combobox]',
    ) !== null
  );
}

/** Watches the document until the returned function is called. `now` in milliseconds, on any clock that does not jump. */
export function watchTyping(
  doc: Document,
  now: () => number = () => performance.now(),
): () => void {
  /** The field that had the focus last, until the user leaves it on purpose. */
  let field: HTMLElement | null = null;
  let quietUntil = Number.NEGATIVE_INFINITY;
  let looking: ReturnType<typeof setInterval> | undefined;

  const forget = () => {
    field = null;
    clearInterval(looking);
    looking = undefined;
  };
  const isGone = (element: HTMLElement) =>
    doc.activeElement !== element || !element.isConnected || element.matches(':disabled');
  /** Takes note of a field that lost the focus without the person's doing. */
  const look = () => {
    if (field === null || !isGone(field)) return;
    forget();
    quietUntil = now() + QUIET_MS;
  };
  const leaveOnPurpose = () => {
    forget();
    quietUntil = Number.NEGATIVE_INFINITY;
  };

  const onFocusIn = (event: FocusEvent) => {
    if (takesTyping(event.target)) {
      // From one field to the next without a key or a click between: as long as there is a field, typing goes somewhere.
      field = event.target as HTMLElement;
      quietUntil = Number.NEGATIVE_INFINITY;
      looking ??= setInterval(look, LOOK_EVERY_MS);
    } else look();
  };
  const onPointerDown = () => {
    // The browser moves the focus after this event.
    leaveOnPurpose();
    if (takesTyping(doc.activeElement)) setTimeout(refocus, 0);
  };
  /** A click that left the focus where it was, such as one on a scrollbar. */
  const refocus = () => {
    if (!takesTyping(doc.activeElement)) return;
    field = doc.activeElement as HTMLElement;
    looking ??= setInterval(look, LOOK_EVERY_MS);
  };
  /** In the capture phase, before anything acts on the key. */
  const onKey = (event: KeyboardEvent) => {
    look();
    if (event.key === 'Escape' || event.key === 'Tab') return leaveOnPurpose();
    if (!swallows(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  /** Whether this key is still meant for a field that is gone. */
  function swallows(event: KeyboardEvent): boolean {
    if (takesTyping(event.target) && !(event.target as HTMLElement).matches(':disabled'))
      return false;
    if (event.isComposing || event.keyCode === 229) return true;
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const isTyped = event.key.length === 1 || event.key === 'Enter' || event.key === 'Backspace';
    if (!isTyped || now() >= quietUntil) return false;
    if (event.type === 'keydown') quietUntil = now() + QUIET_MS;
    return true;
  }

  doc.addEventListener('focusin', onFocusIn, true);
  doc.addEventListener('pointerdown', onPointerDown, true);
  // A button acts on the space bar when it is let go.
  doc.addEventListener('keydown', onKey, true);
  doc.addEventListener('keyup', onKey, true);
  return () => {
    forget();
    doc.removeEventListener('focusin', onFocusIn, true);
    doc.removeEventListener('pointerdown', onPointerDown, true);
    doc.removeEventListener('keydown', onKey, true);
    doc.removeEventListener('keyup', onKey, true);
  };
}
