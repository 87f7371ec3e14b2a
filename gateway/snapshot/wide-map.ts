const PARTS = 256;

/**
 * A map of very many entries by UUID, in parts. One Map of half a million moves all of its entries at once when it grows,
 * also when entries come and go, and calls wait for 100 ms and more; a part of it takes less than one.
 */
export class WideMap<V> {
  readonly #parts: readonly Map<string, V>[] = Array.from({ length: PARTS }, () => new Map<string, V>());

  get size(): number {
    let size = 0;
    for (const part of this.#parts) size += part.size;
    return size;
  }

  get(id: string): V | undefined {
    return this.#partOf(id).get(id);
  }

  has(id: string): boolean {
    return this.#partOf(id).has(id);
  }

  set(id: string, value: V): void {
    this.#partOf(id).set(id, value);
  }

  delete(id: string): void {
    this.#partOf(id).delete(id);
  }

  *keys(): Generator<string> {
    for (const part of this.#parts) yield* part.keys();
  }

  /** By the last characters, which are random in every kind of UUID that we make. */
  #partOf(id: string): Map<string, V> {
    const { length } = id;
    const hash = id.charCodeAt(length - 1) + id.charCodeAt(length - 2) * 7 + id.charCodeAt(length - 3) * 31;
    return this.#parts[hash & (PARTS - 1)] as Map<string, V>;
  }
}
