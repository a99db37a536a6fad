/** One of the company's own lines (reference 5.1). */
export interface MockNumber {
  readonly id: number;
  readonly name: string;
  /** E.164; shown in display format in payloads. */
  readonly e164: string;
  readonly country: string;
  readonly timeZone: string;
  /** Only an active (validated) number may be used to call (reference 3.1). */
  readonly active: boolean;
  readonly recordsCalls: boolean;
  readonly createdAt: string;
}

export class Numbers {
  readonly #byId: ReadonlyMap<number, MockNumber>;

  constructor(numbers: readonly MockNumber[]) {
    this.#byId = new Map(numbers.map((number) => [number.id, number]));
  }

  find(id: number): MockNumber | undefined {
    return this.#byId.get(id);
  }

  all(): MockNumber[] {
    return [...this.#byId.values()];
  }
}
