import { isObject } from "#lib/api-definition/json-pointer.ts";
import { formatWindow } from "#lib/format.ts";
import type { Context } from "./compile-list.ts";
import type { RatelimitPolicy } from "./plan.ts";
import type { PolicyInput } from "./policy.schema.ts";

const SECONDS: Record<string, number> = { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800 };
/** "100/1hour", "5/minute" */
const RATE = /^(\d{1,9})\/(\d{0,4})(second|minute|hour|day|week)s?$/;

const PLAN_LIMIT =
  /^(?:(?:soft-|burst-)?[1-9]\d{0,8}-per-(?:(second|minute|hour|day|week)|([1-9]\d{0,7})-(second|minute|hour|day|week)s)|(?:soft-)?quota-[1-9]\d{0,8}-per-(?:day|month))$/;

/** Whether a plan can have a limit of this name: how gateway/limits/counter.ts names them. */
function isPlanLimit(name: string): boolean {
  const found = PLAN_LIMIT.exec(name);
  const [, , count, unit = ""] = found ?? [];
  // 60 minutes are an hour there.
  if (count) return name.endsWith(formatWindow(Number(count) * (SECONDS[unit] ?? 1)).replaceAll(" ", "-"));
  return found !== null;
}

export function compileRatelimit(
  input: PolicyInput<"ratelimit">,
  { report }: Context,
  pointer: string,
): Omit<RatelimitPolicy, "title" | "body"> {
  const compiled: Omit<RatelimitPolicy, "title" | "body"> = {
    kind: "ratelimit",
    rates: [],
    planLimits: [],
    place: pointer,
  };
  for (const list of ["rate-limit", "burst-limit"] as const) {
    (input[list] ?? []).forEach((raw, index) => {
      const at = `${pointer}/${list}/${index}`;
      const name = typeof raw === "string" ? raw : isObject(raw) && typeof raw.name === "string" ? raw.name : "";
      if (isObject(raw) && raw.operation !== undefined && raw.operation !== "consume") {
        report.error("POLICY_INVALID", `${at}/operation`, "A rate limit can only be consumed.");
      }
      const rate = RATE.exec(name.trim());
      if (rate) {
        const windowSeconds = Number(rate[2] || 1) * (SECONDS[rate[3] ?? ""] ?? 1);
        if (windowSeconds === 0) report.error("POLICY_INVALID", at, "The rate has no time.");
        else compiled.rates.push({ limit: Number(rate[1]), windowSeconds });
      } else if (isPlanLimit(name)) compiled.planLimits.push(name);
      else
        report.error(
          "POLICY_INVALID",
          at,
          "A limit is a rate such as 100/1hour, or the name of a limit of the plan, such as 100-per-hour.",
        );
    });
  }
  if (input.source === "plan-default") compiled.planLimits = ["*"];
  const listed = (input["rate-limit"] ?? []).length + (input["burst-limit"] ?? []).length;
  if (listed + compiled.planLimits.length === 0) {
    report.error(
      "POLICY_INVALID",
      pointer,
      "The policy names no limit: write rate-limit with a rate such as 100/1hour, or source: plan-default.",
    );
  }
  return compiled;
}
