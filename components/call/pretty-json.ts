const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Characters of a body that are drawn; more would make the page slow (explore 10). */
export const SHOWN_MAX = 100_000;
/** Characters of a body that are laid out. */
const LAID_OUT_MAX = 2_000_000;

/**
 * Lays out JSON with two spaces, token by token: numbers stay as they were sent, repeated keys stay repeated
 * (explore 11). null when the text is not JSON, or so long that the page would stand still.
 */
export function prettyJson(text: string): string | null {
  if (text.length > LAID_OUT_MAX) return null;
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const tokens = text.match(TOKEN) ?? [];
  let out = "";
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token === "{" || token === "[") {
      const empty = next === "}" || next === "]";
      depth += 1;
      out += empty ? token : token + line();
    } else if (token === "}" || token === "]") {
      depth -= 1;
      const before = tokens[index - 1];
      out += before === "{" || before === "[" ? token : line() + token;
    } else if (token === ",") out += token + line();
    else if (token === ":") out += ": ";
    else out += token;
  }
  return out;
}
