/** Something that was opened and must be closed. */
export interface Closable {
  /** Safe twice; the second call waits for the first. */
  close(): Promise<void>;
}

/** Remembers how to close what a stage has just opened. */
export type OnClose = (close: () => unknown) => void;

/**
 * Opens one stage of the program: `open` returns what the stage offers to later ones, and names with `onClose` how each thing
 * that it opened is closed. Closing happens in reverse order, one after another; one that fails does not keep the others from being
 * closed, and the first error is thrown at the end. When `open` fails, everything that was open by then is closed, and its
 * error is thrown.
 */
export async function openStage<T extends object>(
  open: (onClose: OnClose) => Promise<T>,
): Promise<T & Closable> {
  const closes: (() => unknown)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeInReverse(closes);
    return closing;
  };
  try {
    const offers = await open((closeOne) => closes.push(closeOne));
    return { ...offers, close };
  } catch (error) {
    // The reason for not starting is what the operator must see, whatever else fails now.
    await close().catch(() => undefined);
    throw error;
  }
}

async function closeInReverse(closes: readonly (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const close of closes.toReversed()) {
    try {
      await close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
