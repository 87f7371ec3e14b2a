import { plainLine, shownLine } from "#lib/text.schema.ts";
import type { DefinitionEdit, Finding } from "./compiled.ts";
import { basePathPointer, type Derived, TITLE_LENGTH_MAX, VERSION_LENGTH_MAX } from "./derive.ts";
import { asText, type JsonObject, member } from "./json-pointer.ts";
import { type KeyedOperation, templateShape, unroutable } from "./operations.ts";
import type { KeyScheme, SecurityModel } from "./security-model.ts";
import { securityRules } from "./security-rules.ts";

/** A finding before its place in the text is known. */
export type Violation = Omit<Finding, "line" | "column" | "code">;

export interface RuleContext {
  document: JsonObject;
  derived: Derived;
  /** As it is written. */
  version: string;
  operations: KeyedOperation[];
  security: SecurityModel;
  /** The apiKey schemes that some requirement names and the gateway checks. */
  applied: KeyScheme[];
  /** Severity of a broken S84-S89: error where our credentials are meant, else warning (docs/decisions/010). */
  severity: "error" | "warning";
}

export interface Rule {
  code: string;
  check: (context: RuleContext) => Violation[];
}

const error = (pointer: string, message: string, label?: string, edits?: DefinitionEdit[]): Violation => ({
  severity: "error",
  message,
  pointer,
  ...(label && edits && { fix: { label, edits } }),
});

const warning = (pointer: string, message: string): Violation => ({ severity: "warning", message, pointer });

/** Everything that Portico itself demands of a definition. The security rules S79-S91, X3 are in security-rules.ts. */
const addressRules: Rule[] = [
  {
    code: "BASE_PATH",
    check: ({ document, derived }) => {
      if (derived.basePath !== "") return [];
      const at = basePathPointer(document);
      const message = at
        ? "The base path must be one or more segments of letters, digits, dots, hyphens and underscores, such as /weather."
        : "The API has no base path, so the gateway cannot tell its calls from those of other APIs.";
      const path = `/${derived.name}`;
      const edits: DefinitionEdit[] = [{ op: "set", pointer: "/x-portico/base-path", value: path }];
      return [error(at ?? "", message, `Set the base path to ${path}`, edits)];
    },
  },
  {
    code: "PATH_INVALID",
    check: ({ operations }) =>
      operations.flatMap(({ path, pointer, method }) => {
        const why = unroutable(path);
        return why ? [warning(pointer, `${method} ${path} is listed but cannot be called: ${why}.`)] : [];
      }),
  },
  {
    code: "PATH_AMBIGUOUS",
    check: ({ operations }) => {
      const seen = new Map<string, string>();
      return operations.flatMap(({ path, pointer, method }) => {
        const shape = templateShape(method, path);
        const first = seen.get(shape);
        seen.set(shape, first ?? path);
        return first
          ? [warning(pointer, `${method} ${path} matches the same calls as ${first}, which goes first.`)]
          : [];
      });
    },
  },
  {
    code: "OPERATION_ID_DUPLICATE",
    check: ({ operations }) => {
      // One finding for all: Kubernetes has hundreds, and they have one cause.
      const seen = new Set<string>();
      const again = operations.filter(({ operation }) => {
        const id = member(operation, "operationId");
        if (typeof id !== "string" || id === "") return false;
        const twice = seen.has(id);
        seen.add(id);
        return twice;
      });
      const [first] = again;
      if (!first) return [];
      const id = String(member(first.operation, "operationId"));
      const others = again.length > 1 ? `, and ${again.length - 1} more are not unique either` : "";
      const message = `Two operations are named ${id}${others}. They are named by method and path instead.`;
      return [warning(`${first.pointer}/operationId`, message)];
    },
  },
];

/** What of a definition is shown as a name, and where it stands. */
function* namesOf({ document, operations }: RuleContext): Generator<{ pointer: string; value: string; what: string }> {
  const title = asText(member(member(document, "info"), "title"));
  yield { pointer: "/info/title", value: title, what: "The title" };
  for (const { pointer, operation, method, path } of operations) {
    for (const field of ["summary", "operationId"]) {
      const value = asText(member(operation, field));
      yield { pointer: `${pointer}/${field}`, value, what: `The ${field} of ${method} ${path}` };
    }
  }
}

const nameRules: Rule[] = [
  {
    code: "NAME_UNSEEN",
    check: (context) => {
      // One finding for all: they have one cause.
      const unseen = [...namesOf(context)].filter(
        ({ value }) => shownLine(value) !== value.trim().replace(/\s+/g, " "),
      );
      const [first] = unseen;
      if (!first) return [];
      const message =
        shownLine(first.value) === ""
          ? `${first.what} holds no character that can be seen, so it counts as left out.`
          : `${first.what} holds characters that cannot be seen or that change the direction of text. They are left out.`;
      const more = unseen.length > 1 ? ` The same holds for ${unseen.length - 1} more names.` : "";
      return [warning(first.pointer, `${message}${more}`)];
    },
  },
];

const versionRules: Rule[] = [
  {
    code: "VERSION_UNSEEN",
    check: ({ derived, version }) => {
      const written = version.trim().replace(/\s+/g, " ");
      if (plainLine(version) === written) return [];
      const message =
        plainLine(version) === ""
          ? `The version holds no character that can be seen, so it counts as left out. It is ${derived.version}.`
          : `The version holds characters that cannot be seen, or that look like others. It is kept in plain characters: ${derived.version}.`;
      return [warning("/info/version", message)];
    },
  },
  {
    code: "TEXT_SHORTENED",
    check: ({ document, version }) => {
      const title = shownLine(asText(member(member(document, "info"), "title")));
      const shortened = (what: string, lengthMax: number) =>
        `The ${what} is longer than ${lengthMax} characters. It is shortened to its beginning.`;
      return [
        ...(title.length > TITLE_LENGTH_MAX ? [warning("/info/title", shortened("title", TITLE_LENGTH_MAX))] : []),
        ...(plainLine(version).length > VERSION_LENGTH_MAX
          ? [warning("/info/version", shortened("version", VERSION_LENGTH_MAX))]
          : []),
      ];
    },
  },
];

export const rules: readonly Rule[] = [...addressRules, ...nameRules, ...versionRules, ...securityRules];

/** Runs every rule of ours over a definition. */
export const checkRules = (context: RuleContext): (Violation & { code: string })[] =>
  rules.flatMap(({ code, check }) => check(context).map((violation) => ({ code, ...violation })));
