import { z } from "zod";
import type { WindowLength } from "./windows.ts";

export const limitKinds = ["burst", "rate", "quota"] as const;
export type LimitKind = (typeof limitKinds)[number];

/** One limit of a plan, or of one operation in it. */
export interface PlanLimit {
  kind: LimitKind;
  /** Calls in a window. */
  limit: number;
  window: WindowLength;
  /** false: calls over it pass, and are noted. */
  hard: boolean;
  /** What is counted together: "" = all calls of the plan that do not have this kind of limit of their own. */
  scope: string;
}

/** What a plan limits. */
export interface PlanLimits {
  limits: readonly PlanLimit[];
  /** By ApiDefinition.id and "METHOD /path": all limits that hold for the operation, its own and those it takes from the plan. */
  operations: ReadonlyMap<string, ReadonlyMap<string, readonly PlanLimit[]>>;
}

/** What stands in the database. Members that are not known here are left out, so that an older process reads a newer row. */
const timed = z.array(
  z.object({ limit: z.int().min(0), windowSeconds: z.int().min(1), hard: z.boolean().default(true) }),
);
const quotas = z.array(
  z.object({ limit: z.int().min(0), unit: z.enum(["day", "month"]), hard: z.boolean().default(true) }),
);
const own = { rateLimits: timed, burstLimits: timed.default([]), quotas: quotas.default([]) };
const stored = z.object({
  ...own,
  operationLimits: z.array(z.object({ apiId: z.string(), operation: z.string(), ...own })).default([]),
});

const DAY_SECONDS = 86_400;

/** Reads the limits of a plan's row; null when they are not understood. */
export function readPlanLimits(row: unknown): PlanLimits | null {
  const parsed = stored.safeParse(row);
  if (!parsed.success) return null;
  const plan = byKind(parsed.data, "");
  const operations = new Map<string, Map<string, readonly PlanLimit[]>>();
  for (const entry of parsed.data.operationLimits) {
    const instead = byKind(entry, `${entry.apiId}/${entry.operation}`);
    const ofApi = operations.get(entry.apiId) ?? new Map<string, readonly PlanLimit[]>();
    operations.set(entry.apiId, ofApi);
    // What an operation sets it sets in place of the plan's; what it leaves open it shares with the plan's other calls.
    ofApi.set(
      entry.operation,
      limitKinds.flatMap((kind) => (instead[kind].length > 0 ? instead[kind] : plan[kind])),
    );
  }
  return { limits: limitKinds.flatMap((kind) => plan[kind]), operations };
}

function byKind(
  row: Omit<z.infer<typeof stored>, "operationLimits">,
  scope: string,
): Record<LimitKind, readonly PlanLimit[]> {
  return {
    // A burst limit shields the backend: there is no soft one (X10).
    burst: row.burstLimits.map((entry) => ({
      kind: "burst",
      limit: entry.limit,
      window: entry.windowSeconds,
      hard: true,
      scope,
    })),
    rate: row.rateLimits.map((entry) => ({
      kind: "rate",
      limit: entry.limit,
      window: entry.windowSeconds,
      hard: entry.hard,
      scope,
    })),
    quota: row.quotas.map((entry) => ({
      kind: "quota",
      limit: entry.limit,
      window: entry.unit === "day" ? DAY_SECONDS : entry.unit,
      hard: entry.hard,
      scope,
    })),
  };
}
