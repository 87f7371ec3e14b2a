/** Decodes a name or value of a query; what is not decodable stays as it is (and matches no name of ours). */
export function decodeQuery(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** Calls `visit` with each parameter: its decoded name, and its text "name=value" as received. */
export function eachParameter(query: string, visit: (name: string, text: string) => void): void {
  for (const text of query.split("&")) {
    const equals = text.indexOf("=");
    visit(decodeQuery(equals < 0 ? text : text.slice(0, equals)), text);
  }
}

/** The decoded value of "name=value". */
export function parameterValue(text: string): string {
  const equals = text.indexOf("=");
  return equals < 0 ? "" : decodeQuery(text.slice(equals + 1));
}

/** A client ID as we make them (lib/ids.ts). */
export const looksLikeClientId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);
