export type Language = "json" | "yaml" | "shell" | "http" | "javascript" | "python" | "text";
export interface Token {
  text: string;
  kind?: "key" | "string" | "number" | "word" | "dim";
}
type Kind = NonNullable<Token["kind"]>;

const STRING = `"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'`;
const NUMBER = "(?<![\\w.])-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?(?![\\w.])";

/** First match wins; one pass per line, so nothing spans lines and no pattern can backtrack across them. */
const grammars: Record<Exclude<Language, "text">, [Kind, string][]> = {
  json: [
    ["key", `"(?:[^"\\\\\\n]|\\\\.)*"(?=\\s*:)`],
    ["string", STRING],
    ["number", NUMBER],
    ["word", "\\b(?:true|false|null)\\b"],
  ],
  yaml: [
    ["dim", "(?:^|(?<=\\s))#.*$"],
    ["key", "[\\w$./{}-]+(?=:(?:\\s|$))"],
    ["string", STRING],
    ["number", NUMBER],
    ["word", "\\b(?:true|false|null)\\b"],
  ],
  shell: [
    ["dim", "(?:^|(?<=\\s))#.*$|\\\\$"],
    ["string", STRING],
    ["number", "\\$\\{?\\w+\\}?"],
    ["word", "(?<=^\\s*)(?:curl|export|npm|node)\\b"],
    ["key", "(?<=\\s)--?[\\w-]+"],
  ],
  http: [
    ["key", "^[\\w-]+(?=:)"],
    ["word", "^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|HTTP/[\\d.]+)"],
    ["number", NUMBER],
  ],
  javascript: [
    ["dim", "//.*$"],
    ["string", `${STRING}|\`[^\`\\n]*\``],
    ["number", NUMBER],
    ["word", "\\b(?:const|let|await|async|function|return|import|from|new|if|else|true|false|null|process)\\b"],
  ],
  python: [
    ["dim", "#.*$"],
    ["string", STRING],
    ["number", NUMBER],
    ["word", "\\b(?:import|from|def|return|with|as|print|if|else|True|False|None)\\b"],
  ],
};

/** More than this is shown plain: colour is not worth a slow page. */
const CHARACTERS_MAX = 100_000;

const compiled = new Map<Language, RegExp>();
function patternOf(language: Exclude<Language, "text">): RegExp {
  const known = compiled.get(language);
  if (known) return known;
  const made = new RegExp(grammars[language].map(([, source]) => `(${source})`).join("|"), "g");
  compiled.set(language, made);
  return made;
}

function tokensOf(line: string, language: Exclude<Language, "text">): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of line.matchAll(patternOf(language))) {
    if (match.index > end) tokens.push({ text: line.slice(end, match.index) });
    const group = match.slice(1).findIndex((part) => part !== undefined);
    tokens.push({ text: match[0], kind: grammars[language][group]?.[0] });
    end = match.index + match[0].length;
  }
  if (end < line.length) tokens.push({ text: line.slice(end) });
  return tokens;
}

/** Text -> lines of tokens, coloured enough to read by. The tokens of a line joined are that line. */
export function highlight(code: string, language: Language): Token[][] {
  const lines = code.replace(/\n$/, "").split("\n");
  if (language === "text" || code.length > CHARACTERS_MAX) return lines.map((text) => [{ text }]);
  return lines.map((line) => tokensOf(line, language));
}
