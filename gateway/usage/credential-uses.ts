import { recordCredentialUse } from "#lib/credential/record-credential-use.ts";

const MINUTE_MS = 60_000;

/** When credentials were last used, told to the database once in a minute for each, beside the records. */
export class CredentialUses {
  /** Not told yet. */
  #pending = new Map<string, Date>();
  /** Minute of the use that was told last. */
  readonly #told = new Map<string, number>();
  #telling = false;

  note(uses: readonly { id: string; at: Date }[]): void {
    for (const { id, at } of uses) {
      const told = this.#told.get(id) ?? 0;
      const pending = this.#pending.get(id);
      if (at.getTime() >= told + MINUTE_MS && (!pending || pending < at)) this.#pending.set(id, at);
    }
  }

  /** Tells what is pending; what cannot be told waits for the next time. */
  async tell(): Promise<void> {
    if (this.#telling || this.#pending.size === 0) return;
    this.#telling = true;
    const uses = this.#pending;
    this.#pending = new Map();
    try {
      await recordCredentialUse(uses);
      this.#forgetTold();
      for (const [id, at] of uses) this.#told.set(id, at.getTime());
    } catch {
      for (const [id, at] of uses) if (!this.#pending.has(id)) this.#pending.set(id, at);
    }
    this.#telling = false;
  }

  /** Those of the minutes before are due again anyway. */
  #forgetTold(): void {
    const due = Date.now() - MINUTE_MS;
    for (const [id, at] of this.#told) if (at < due) this.#told.delete(id);
  }
}
