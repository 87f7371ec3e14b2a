/** Fixed-size records in a few large pieces of memory: a million of them are no million objects for the collector. */
export class Slab {
  readonly #recordBytes: number;
  readonly #pieces: Buffer[] = [];
  #free: number[] = [];
  #end = 0;

  constructor(recordBytes: number) {
    this.#recordBytes = recordBytes;
  }

  /** Number of records. */
  get size(): number {
    return this.#end - this.#free.length;
  }

  /** A slot for one more record; its bytes are zero or what a dropped record left. */
  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#end % PIECE_RECORDS === 0) this.#pieces.push(Buffer.alloc(PIECE_RECORDS * this.#recordBytes));
    this.#end += 1;
    return this.#end - 1;
  }

  give(slot: number): void {
    this.#free.push(slot);
  }

  piece(slot: number): Buffer {
    return this.#pieces[slot >>> PIECE_BITS] as Buffer;
  }

  /** Where the record starts in its piece. */
  at(slot: number): number {
    return (slot & (PIECE_RECORDS - 1)) * this.#recordBytes;
  }
}

const PIECE_BITS = 12;
const PIECE_RECORDS = 1 << PIECE_BITS;
const EMPTY = -1;
const DROPPED = -2;

/** Finds records of a slab by 16 bytes in them: open addressing, 4 bytes a place. */
export class SlotIndex {
  readonly #slab: Slab;
  readonly #keyAt: number;
  readonly #hashAt: number;
  #places: Int32Array = new Int32Array(64).fill(EMPTY);
  /** Places that are not empty, and how many of them were dropped. */
  #taken = 0;
  #dropped = 0;

  /** `keyAt`: where the key stands in a record; `hashAt`: four bytes of the key that are random. */
  constructor(slab: Slab, keyAt: number, hashAt: number) {
    this.#slab = slab;
    this.#keyAt = keyAt;
    this.#hashAt = hashAt;
  }

  /** Makes room for so many records, so that adding them does not do it again and again. */
  reserve(records: number): void {
    let length = this.#places.length;
    while (length < records * 2) length *= 2;
    if (length > this.#places.length) this.#rebuild(length);
  }

  /** The slot of the record with this key, or -1. */
  find(key: Buffer): number {
    const mask = this.#places.length - 1;
    for (let i = key.readUInt32LE(this.#hashAt) & mask; ; i = (i + 1) & mask) {
      const slot = this.#places[i] as number;
      if (slot === EMPTY) return -1;
      if (slot !== DROPPED && this.#holds(slot, key)) return slot;
    }
  }

  /** The record is in its slot, and none with its key was added before. */
  add(slot: number): void {
    // At most two places of three are taken: a search ends after a few steps.
    const { length } = this.#places;
    if ((this.#taken + 1) * 3 > length * 2) this.#rebuild(this.#dropped * 2 > this.#taken ? length : length * 2);
    this.#put(slot);
    this.#taken += 1;
  }

  remove(slot: number): void {
    const mask = this.#places.length - 1;
    let i = this.#hash(slot) & mask;
    while (this.#places[i] !== slot) {
      if (this.#places[i] === EMPTY) return;
      i = (i + 1) & mask;
    }
    this.#places[i] = DROPPED;
    this.#dropped += 1;
  }

  #put(slot: number): void {
    const mask = this.#places.length - 1;
    let i = this.#hash(slot) & mask;
    while (this.#places[i] !== EMPTY) i = (i + 1) & mask;
    this.#places[i] = slot;
  }

  #rebuild(length: number): void {
    const slots = this.#places.filter((slot) => slot >= 0);
    this.#places = new Int32Array(length).fill(EMPTY);
    for (const slot of slots) this.#put(slot);
    this.#taken = slots.length;
    this.#dropped = 0;
  }

  #hash(slot: number): number {
    return this.#slab.piece(slot).readUInt32LE(this.#slab.at(slot) + this.#keyAt + this.#hashAt);
  }

  #holds(slot: number, key: Buffer): boolean {
    const piece = this.#slab.piece(slot);
    const at = this.#slab.at(slot) + this.#keyAt;
    for (let i = 0; i < 16; i += 4) if (piece.readUInt32LE(at + i) !== key.readUInt32LE(i)) return false;
    return true;
  }
}
