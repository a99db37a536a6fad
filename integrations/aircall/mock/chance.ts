import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeded chance: the same seed and the same questions give the same answers. */
export class Chance {
  readonly #seed: number;
  #generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.#seed = seed;
    this.#generator = xoroshiro128plus(seed);
  }

  /** Begins again from the seed. */
  restart(): void {
    this.#generator = xoroshiro128plus(this.#seed);
  }

  /** True in so many cases out of a hundred. 0 and 100 draw nothing, so switching a fault off changes no other draw. */
  percent(percent: number): boolean {
    if (percent <= 0) return false;
    if (percent >= 100) return true;
    return this.fraction() * 100 < percent;
  }

  /** From 0 (included) to 1 (excluded). */
  fraction(): number {
    return uniformFloat64(this.#generator);
  }

  between([from, to]: readonly [number, number]): number {
    return uniformInt(this.#generator, Math.ceil(from), Math.max(Math.ceil(from), Math.floor(to)));
  }

  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
    const entries = Object.entries(weights) as [Key, number][];
    const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.fraction() * total;
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    const last = entries.at(-1);
    if (!last) throw new Error('weights must name at least one choice');
    return last[0];
  }

  hex(length: number): string {
    let text = '';
    while (text.length < length) text += uniformInt(this.#generator, 0, 15).toString(16);
    return text;
  }

  uuid(): string {
    const h = this.hex(30);
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(12, 15)}-8${h.slice(15, 18)}-${h.slice(18, 30)}`;
  }
}
