import { outlineFrom } from "#lib/api-definition/api-definition.dto.ts";
import type { Tx } from "#lib/db/client.ts";
import { fieldError } from "#lib/errors/app-error.ts";
import type { UpdateProductInput } from "./product.schema.ts";

/**
 * Checks that each operation with limits of its own stands in the draft of an API of the product, once, and sets a
 * limit. Field errors: `plans.N.operations.M.operation`, `.apiId`.
 */
export async function checkOperations(tx: Tx, input: UpdateProductInput): Promise<void> {
  if (input.plans.every((plan) => plan.operations.length === 0)) return;
  const drafts = await tx.apiDefinition.findMany({
    where: { id: { in: input.apiIds } },
    select: { id: true, title: true, outline: true },
  });
  const apis = new Map(
    drafts.map(({ id, title, outline }) => [
      id,
      { title, operations: outlineFrom(outline).map(({ method, path }) => `${method.toUpperCase()} ${path}`) },
    ]),
  );
  for (const [at, { operations }] of input.plans.entries()) {
    const seen = new Set<string>();
    for (const [index, entry] of operations.entries()) {
      const field = `plans.${at}.operations.${index}`;
      const api = apis.get(entry.apiId);
      if (!api) throw fieldError(`${field}.apiId`, "This API is not in the product.");
      if (!api.operations.includes(entry.operation)) {
        throw fieldError(`${field}.operation`, `${api.title} has no operation ${entry.operation}.`);
      }
      const key = `${entry.apiId} ${entry.operation}`;
      if (seen.has(key)) throw fieldError(`${field}.operation`, `${entry.operation} has limits in this plan already.`);
      seen.add(key);
      if (entry.rateLimit.length + entry.burstLimit.length + entry.quota.length === 0) {
        throw fieldError(`${field}.rateLimit`, "Enter at least one limit, or remove the operation.");
      }
    }
  }
}
