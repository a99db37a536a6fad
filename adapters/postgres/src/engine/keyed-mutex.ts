/**
 * Turns by key, first come first served, within this process. The database alone keeps changes of one session apart; taking
 * turns first spares it the attempts that would lose.
 */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves to the function that releases the mutex. `waited`: another holder had it first. */
  async take(key: string): Promise<{ readonly waited: boolean; readonly end: () => void }> {
    const before = this.#last.get(key);
    let end: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => {
      end = () => {
        if (this.#last.get(key) === mine) this.#last.delete(key);
        resolve();
      };
    });
    this.#last.set(key, mine);
    await before;
    return { waited: before !== undefined, end };
  }

  /** The turn when it is free at this moment; null, and no place in the line, when it is not. */
  takeIfFree(key: string): { readonly end: () => void } | null {
    if (this.#last.has(key)) return null;
    let end: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => {
      end = () => {
        if (this.#last.get(key) === mine) this.#last.delete(key);
        resolve();
      };
    });
    this.#last.set(key, mine);
    return { end };
  }
}
