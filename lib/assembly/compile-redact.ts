import { z } from "zod";
import { type Context, issues } from "./compile-list.ts";
import type { RedactPath, RedactPolicy } from "./plan.ts";
import type { PolicyInput } from "./policy.schema.ts";
import { HEADER_NAME, parsePath, shown, Unreadable } from "./reference.ts";

const places = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const entry = z.strictObject({
  action: z.enum(["redact", "remove"], { error: "The action must be redact or remove." }).optional(),
  from: places.optional(),
  root: z.string().optional(),
  path: z.string({ error: "The path is missing." }),
});
const FROM = new Set(["all", "request", "response", "logs"]);

export function compileRedact(
  input: PolicyInput<"redact">,
  { report }: Context,
  pointer: string,
): Omit<RedactPolicy, "title" | "body"> {
  const redactions: RedactPolicy["redactions"] = [];
  for (const list of ["actions", "redactions"] as const) {
    (input[list] ?? []).forEach((raw, index) => {
      const at = `${pointer}/${list}/${index}`;
      const parsed = entry.safeParse(raw);
      if (!parsed.success) {
        for (const issue of issues(parsed.error.issues, at))
          report.error("POLICY_INVALID", issue.pointer, issue.message);
        return;
      }
      const { action, from = ["all"], root = "", path } = parsed.data;
      const strange = from.find((place) => !FROM.has(place));
      if (strange !== undefined) {
        report.error("POLICY_INVALID", `${at}/from`, `${shown(strange)} is none of all, request, response and logs.`);
      }
      // A redact before the invoke works on the request, one after it on the answer: both are the message then.
      const message = from.some((place) => place !== "logs");
      const logs = from.includes("all") || from.includes("logs");
      const found = report.attempt("VARIABLE_INVALID", `${at}/path`, () => redactPath(root, path));
      if (found) redactions.push({ remove: action === "remove", logs, message, path: found });
    });
  }
  if ((input.actions ?? []).length + (input.redactions ?? []).length === 0)
    report.error("POLICY_INVALID", pointer, "The policy redacts nothing.");
  return { kind: "redact", redactions };
}

/**
 * `message.body.a.b`, `request.headers.X`, `a.b` below a root; and what API Connect's own examples have,
 * `//*[@name='secret']`, `$..secret` and `**.secret`: every member of that name.
 */
function redactPath(root: string, path: string): RedactPath {
  const anywhere =
    /^(?:\/document)?\/\/\*\[@name=(?:'([^']*)'|"([^"]*)")\](?:\/\*)?$/.exec(path) ??
    /^(?:\$\.\.|\*\*\.|\/\/)([A-Za-z0-9_-]+)$/.exec(path);
  const text = root === "" || path.startsWith(`${root}.`) || path === root ? path : `${root}.${path}`;
  if (anywhere) {
    const base = root === "" ? [] : placeOf(root).path;
    return { scope: "body", path: [...base, ...parsePath(anywhere[1] ?? anywhere[2] ?? "")], anywhere: true };
  }
  const found = placeOf(text.replace(/^\$\./, ""));
  if (found.path.length === 0) throw new Unreadable("A path names a member of the body, such as message.body.card.");
  return found;
}

function placeOf(text: string): RedactPath {
  const header = /^(?:message|request)\.headers\.(.+)$/s.exec(text);
  if (header) {
    const name = header[1] ?? "";
    if (!HEADER_NAME.test(name)) throw new Unreadable(`${shown(name)} is no name of a header.`);
    return { scope: "headers", path: [name], anywhere: false };
  }
  if (text.includes("/")) throw new Unreadable(`${shown(text)} is no path such as message.body.card.number.`);
  const parts = parsePath(text);
  const body = (parts[0] === "message" || parts[0] === "request") && parts[1] === "body";
  return { scope: "body", path: body ? parts.slice(2) : parts, anywhere: false };
}
