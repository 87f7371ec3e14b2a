import "server-only";

/**
 * The network address for the sign-in budget (T31). A proxy in front sets X-Forwarded-For; its last entry is the one
 * that our own proxy appended. Without a proxy everybody shares the loopback budget of the account.
 */
export function clientAddress(headers: Headers | Record<string, unknown>): string {
  const value = headers instanceof Headers ? headers.get("x-forwarded-for") : headers["x-forwarded-for"];
  const last = typeof value === "string" ? value.split(",").at(-1)?.trim() : undefined;
  return last || "direct";
}
