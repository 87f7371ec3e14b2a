import type { CompiledScheme } from "#lib/api-definition/compiled.ts";

/** What an API asks of its callers, in words: "Client ID and secret, header"; for the API's page (S19). */
export function securityWords(schemes: Pick<CompiledScheme, "key" | "in">[]): string {
  if (schemes.length === 0) return "None, open to all";
  const secret = schemes.some((scheme) => scheme.key === "client_secret");
  const places = [...new Set(schemes.map((scheme) => scheme.in))].join(" or ");
  return `${secret ? "Client ID and secret" : "Client ID"}, ${places}`;
}
