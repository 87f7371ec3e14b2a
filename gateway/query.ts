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

/** One sign of a name as it may stand in a query: itself, or percent-encoded in either case. */
function signPattern(byte: number): string {
  const hex = byte
    .toString(16)
    .padStart(2, "0")
    .replace(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
  if (byte === 0x20) return `(?:%${hex}|\\+)`;
  const isPlain = byte > 0x20 && byte < 0x7f && !"%+&=#".includes(String.fromCharCode(byte));
  return isPlain ? `(?:\\x${byte.toString(16)}|%${hex})` : `%${hex}`;
}

/** Finds parameters by their names in one pass, however many others there are, and without decoding them (F3). */
export function parameterPattern(names: Iterable<string>): RegExp {
  const each = [...names].map((name) => [...Buffer.from(name, "utf8")].map(signPattern).join(""));
  // Nothing is never followed by something.
  return new RegExp(`(?<![^&])(?:${each.length > 0 ? each.join("|") : "(?!)"})(?![^=&])`, "g");
}

/** Calls `visit` with each parameter that the pattern names, up to `most`: its decoded name, and "name=value" as received. */
export function eachNamed(
  query: string,
  pattern: RegExp,
  most: number,
  visit: (name: string, text: string) => void,
): void {
  let count = 0;
  for (const match of query.matchAll(pattern)) {
    const end = query.indexOf("&", match.index);
    visit(decodeQuery(match[0]), query.slice(match.index, end < 0 ? undefined : end));
    count += 1;
    if (count === most) return;
  }
}

/** The decoded value of "name=value". */
export function parameterValue(text: string): string {
  const equals = text.indexOf("=");
  return equals < 0 ? "" : decodeQuery(text.slice(equals + 1));
}

/** A client ID as we make them (lib/ids.ts). */
export const looksLikeClientId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);
