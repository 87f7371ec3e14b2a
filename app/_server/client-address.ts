import "server-only";
import { isIP } from "node:net";

/**
 * The network address for budgets (T31). A proxy in front sets X-Forwarded-For; its last entry is the one that our own
 * proxy appended, and Next sets it where there is no proxy. What is no address is nobody's own: such clients share one
 * budget.
 */
export function clientAddress(headers: Headers | Record<string, unknown>): string {
  const value = headers instanceof Headers ? headers.get("x-forwarded-for") : headers["x-forwarded-for"];
  const last = typeof value === "string" ? (value.split(",").at(-1)?.trim() ?? "") : "";
  return isIP(last) === 0 ? "direct" : last;
}
