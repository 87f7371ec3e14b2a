import { isObject } from "#lib/api-definition/json-pointer.ts";
import type { Context } from "./compile-list.ts";
import type { RatelimitPolicy } from "./plan.ts";
import type { PolicyInput } from "./policy.schema.ts";

const SECONDS: Record<string, number> = { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800 };
/** "100/1hour", "5/minute" */
const RATE = /^(\d{1,9})\/(\d{0,4})(second|minute|hour|day|week)s?$/;

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
      } else if (name !== "") compiled.planLimits.push(name);
      else
        report.error("POLICY_INVALID", at, "A limit is a rate such as 100/1hour, or the name of a limit of the plan.");
    });
  }
  if (input.source === "plan-default") compiled.planLimits = ["*"];
  if (compiled.rates.length + compiled.planLimits.length === 0) {
    report.error(
      "POLICY_INVALID",
      pointer,
      "The policy names no limit: write rate-limit with a rate such as 100/1hour, or source: plan-default.",
    );
  }
  return compiled;
}
