import type { Backend } from "#gateway/snapshot/model.ts";

/** What an assembly sends in place of the call as it came. */
export interface Outgoing {
  backend: Backend;
  method: string;
  /** Path and query. */
  path: string;
  /** Name, value, …: the message's, without Host, framing and what the gateway sets itself. */
  headers: readonly string[];
}
