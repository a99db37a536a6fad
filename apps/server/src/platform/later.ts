/** A value that a later part of the program provides. */
export interface Later<T> {
  /** Resolves once the value is there. */
  readonly value: Promise<T>;
  /** Only the first call counts. */
  provide(value: T): void;
}

export function later<T>(): Later<T> {
  let provide: (value: T) => void = () => undefined;
  const value = new Promise<T>((resolve) => {
    provide = resolve;
  });
  return { value, provide };
}
