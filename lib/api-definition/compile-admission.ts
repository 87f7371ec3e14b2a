import { admissionViolations, readAdmission } from "./admission-settings.ts";
import { compileValidation } from "./compile-validation.ts";
import type { CompiledApi } from "./compiled.ts";
import type { JsonObject } from "./json-pointer.ts";
import type { KeyedOperation } from "./operations.ts";
import type { Violation } from "./rules.ts";

type Admission = Pick<CompiledApi, "networks" | "cors" | "validation" | "acceptsTokens">;

/** Who may call beyond credentials, and what a request must look like; nothing where another gateway enforces (S79). */
export function compileAdmission(
  document: JsonObject,
  operations: readonly KeyedOperation[],
  enforced: boolean,
): { compiled: Admission; violations: (Violation & { code: string })[] } {
  const violations = admissionViolations(document).map((each) => ({ code: "ADMISSION", ...each }));
  if (!enforced) return { compiled: {}, violations };
  const { networks, cors, validateRequest, accessTokens } = readAdmission(document);
  const checked = validateRequest ? compileValidation(document, operations) : null;
  return {
    compiled: {
      ...(networks && { networks }),
      ...(cors && { cors }),
      ...(!accessTokens && { acceptsTokens: false }),
      ...(checked && { validation: checked.validation }),
    },
    violations: [...violations, ...(checked?.violations ?? []).map((each) => ({ code: "PATTERN", ...each }))],
  };
}
