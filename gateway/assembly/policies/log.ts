import type { LogPolicy } from "#lib/assembly/plan.ts";
import { log } from "#lib/log.ts";
import type { Run } from "./step.ts";

/** One structured line: names of headers, never their values, never a body, never a query (S92, T24). */
export function logPolicy({ title, level }: LogPolicy): Run {
  if (level === "none") return () => undefined;
  return (context) => {
    const { call, message, hidden, api } = context;
    const names = [...new Set([...message.headers].map(([name]) => name.toLowerCase()))].filter(
      (name) => !hidden.has(name),
    );
    log.info(
      {
        requestId: call.requestId,
        policy: title,
        api: api.id,
        operation: call.operation?.key,
        status: message.status || undefined,
        ...(level !== "activity" && { headers: names }),
        ...(level === "payload" && context.bodyRead && { bodyBytes: message.body.length }),
        error: context.error?.names[0],
      },
      "assembly",
    );
  };
}
