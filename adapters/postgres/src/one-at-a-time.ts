/**
 * Turns by key, first come first served, within this process. The database alone keeps changes of one session apart; taking
 * turns first spares it the attempts that would lose.
 */
export class OneAtATime {
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves to what ends the turn; `waited` says that somebody else was at work meanwhile. */
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
}
