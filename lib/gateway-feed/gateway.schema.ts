import { z } from "zod";

export const gatewayRef = z.strictObject({ gatewayId: z.uuid() });
export type GatewayRef = z.input<typeof gatewayRef>;

/** A gateway process as administrators see it. */
export interface GatewayDto {
  id: string;
  /** Machine, port and process. */
  address: string;
  /** null: not told yet. */
  version: string | null;
  startedAt: Date;
  heartbeatAt: Date;
  /** silent: no heartbeat for five seconds. */
  state: "answers" | "draining" | "silent";
  /** Changes that it has not confirmed; `BEHIND_MAX` stands for as many or more. */
  behind: number;
  /** Where it would count limits (limit-store.rules.ts); null: of an older version, which does not say. */
  limitStore: string | null;
  /** When the last change that it has confirmed was made; null: none that is still kept. */
  seenAt: Date | null;
}

/** A gateway that is further behind is not counted on. */
export const BEHIND_MAX = 1_000;
