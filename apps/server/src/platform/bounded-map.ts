/** A map that keeps its latest entries only: for what is worth remembering a while and must not fill the memory. */
export interface Latest<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
}

export function createLatest<K, V>(most: number): Latest<K, V> {
  // A Map walks its keys in the order in which they came.
  const entries = new Map<K, V>();
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= most) return;
      const [oldest] = entries.keys();
      entries.delete(oldest as K);
    },
    delete: (key) => {
      entries.delete(key);
    },
  };
}
