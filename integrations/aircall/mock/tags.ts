/** Reference 2: names are unique. */
export interface Tag {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export class Tags {
  readonly #seed: readonly Tag[];
  readonly #byId = new Map<number, Tag>();
  #nextId = 0;

  constructor(seed: readonly Tag[]) {
    this.#seed = seed;
    this.reset();
  }

  reset(): void {
    this.#byId.clear();
    for (const tag of this.#seed) this.#byId.set(tag.id, { ...tag });
    this.#nextId = Math.max(0, ...this.#byId.keys()) + 1;
  }

  all(): Tag[] {
    return [...this.#byId.values()];
  }

  find(id: number): Tag | undefined {
    return this.#byId.get(id);
  }

  named(name: string): Tag | undefined {
    return this.all().find((tag) => tag.name === name);
  }

  add(fields: Omit<Tag, 'id'>): Tag {
    const tag = { id: this.#nextId++, ...fields };
    this.#byId.set(tag.id, tag);
    return tag;
  }

  remove(id: number): boolean {
    return this.#byId.delete(id);
  }
}

export function tagPayload(tag: Tag): Record<string, unknown> {
  return {
    id: tag.id,
    direct_link: `https://api.aircall.io/v1/tags/${tag.id}`,
    name: tag.name,
    color: tag.color,
    description: tag.description,
  };
}
