import type { Refused } from "#gateway/answer/refusal.ts";
import { runAssembly } from "#gateway/assembly/run-assembly.ts";
import type { ANSWERED, Call } from "#gateway/call.ts";

/**
 * Runs the API's policies (gateway.md part 4 "Assembly"), where it has any: they answer, fail with 500 POLICY_FAILED, or
 * say in `call.outgoing` what the next step is to send.
 */
export function assemble(call: Call): undefined | Promise<Refused | typeof ANSWERED | undefined> {
  const { api } = call;
  if (!api) throw new Error("the call is not routed");
  return api.assembly ? runAssembly(call, api, api.assembly) : undefined;
}
