import { asText, isObject, type JsonObject, member, toPointer } from "#lib/api-definition/json-pointer.ts";
import { cutText } from "#lib/text.schema.ts";
import type { AssemblyOutline, OutlineBranch, OutlinePolicy } from "./outline.schema.ts";

/** More is told by the findings (compile-list.ts), and reads as nothing. */
const POLICIES_MAX = 500;
const DEPTH_MAX = 20;
/** Of a list of things in one line. */
const LISTED_MAX = 3;
const FACT_LENGTH_MAX = 200;

const BASE = ["x-ibm-configuration", "assembly"];

/**
 * The outline of a draft's assembly. Total: what is no policy is left out here and said by the findings. `lineOf` finds
 * the line of a JSON pointer.
 */
export function outlineAssembly(document: JsonObject, lineOf: (pointer: string) => number): AssemblyOutline {
  let left = POLICIES_MAX;

  function list(raw: unknown, at: string[], depth: number): OutlinePolicy[] {
    if (!Array.isArray(raw) || depth >= DEPTH_MAX) return [];
    return raw.flatMap((entry, index) => policy(entry, [...at, String(index)], depth) ?? []);
  }

  function policy(entry: unknown, at: string[], depth: number): OutlinePolicy | undefined {
    const [kind, ...more] = isObject(entry) ? Object.keys(entry) : [];
    if (kind === undefined || more.length > 0 || left === 0) return undefined;
    left -= 1;
    const raw = member(entry, kind);
    const place = [...at, kind];
    return {
      kind,
      title: asText(member(raw, "title")) || kind,
      fact: cut(facts.get(kind)?.(raw) ?? ""),
      line: lineOf(toPointer(place)),
      branches: branches(kind, raw, place, depth + 1),
    };
  }

  function branches(kind: string, raw: unknown, at: string[], depth: number): OutlineBranch[] {
    const found: OutlineBranch[] = [];
    const add = (label: string, when: string, value: unknown, place: string[]) => {
      if (value !== undefined) found.push({ label, when: cut(when), policies: list(value, place, depth) });
    };
    if (kind === "if") add("If", conditionOf(raw), member(raw, "execute"), [...at, "execute"]);
    const cases = member(raw, "case");
    if (kind === "switch" || kind === "operation-switch") {
      for (const [index, one] of (Array.isArray(cases) ? cases : []).entries()) {
        const place = [...at, "case", String(index)];
        if (kind === "switch") add("If", conditionOf(one), member(one, "execute"), [...place, "execute"]);
        else add("For", operationsOf(one), member(one, "execute"), [...place, "execute"]);
        add("Otherwise", "", member(one, "otherwise"), [...place, "otherwise"]);
      }
      add("Otherwise", "", member(raw, "otherwise"), [...at, "otherwise"]);
    }
    return found;
  }

  const assembly = BASE.reduce<unknown>(member, document);
  const caught = member(assembly, "catch");
  return {
    execute: list(member(assembly, "execute"), [...BASE, "execute"], 0),
    catches: (Array.isArray(caught) ? caught : []).flatMap((entry, index): OutlineBranch[] => {
      if (!isObject(entry)) return [];
      const key = entry.default === undefined ? "execute" : "default";
      const at = [...BASE, "catch", String(index), key];
      const label = key === "default" ? "On any other error" : "On";
      const when = key === "default" ? "" : texts(entry.errors).join(" or ");
      return [{ label, when: cut(when), policies: list(entry[key], at, 0) }];
    }),
    finally: list(member(assembly, "finally"), [...BASE, "finally"], 0),
  };
}

const cut = (text: string): string => (text.length > FACT_LENGTH_MAX ? `${cutText(text, FACT_LENGTH_MAX)}…` : text);

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(asText).filter((text) => text !== "") : [];

/** "a, b, c and 4 more" */
function listed(all: string[]): string {
  const shown = all.slice(0, LISTED_MAX).join(", ");
  return all.length > LISTED_MAX ? `${shown} and ${all.length - LISTED_MAX} more` : shown;
}

/** `true` and `false` may stand without quotes. */
function conditionOf(raw: unknown): string {
  const condition = member(raw, "condition");
  return typeof condition === "boolean" ? String(condition) : asText(condition);
}

function operationsOf(one: unknown): string {
  const operations = member(one, "operations");
  const names = (Array.isArray(operations) ? operations : []).map((named) => {
    const id = typeof named === "string" ? named : asText(member(named, "operationID"));
    return id || `${asText(member(named, "verb")).toUpperCase()} ${asText(member(named, "path"))}`.trim();
  });
  return listed(names);
}

/** By kind: what to know about a policy without opening it. */
const facts = new Map<string, (raw: unknown) => string>(
  Object.entries({
    invoke: (raw: unknown) => {
      const verb = asText(member(raw, "verb")).toUpperCase();
      const output = asText(member(raw, "output"));
      const target = asText(member(raw, "target-url")) || "$(target-url)";
      return `${verb === "" || verb === "KEEP" ? "" : `${verb} `}${target}${output && ` into ${output}`}`;
    },
    "set-variable": (raw: unknown) => {
      const actions = member(raw, "actions");
      return listed(
        (Array.isArray(actions) ? actions : []).flatMap((action) =>
          ["set", "add", "clear"].flatMap((deed) => {
            const target = asText(member(action, deed));
            return target === "" ? [] : [deed === "set" ? target : `${deed} ${target}`];
          }),
        ),
      );
    },
    throw: (raw: unknown) => {
      const status = asText(member(raw, "error-status-code"));
      return `${asText(member(raw, "name"))}${status && `, ${status}`}`;
    },
    validate: (raw: unknown) => {
      if (member(raw, "schema") !== undefined) return "a schema of its own";
      return asText(member(raw, "validate-against")) || asText(member(raw, "definition"));
    },
    ratelimit: (raw: unknown) => {
      const limits = ["rate-limit", "burst-limit"].flatMap((key) => {
        const list = member(raw, key);
        return (Array.isArray(list) ? list : []).map((one) =>
          asText(typeof one === "string" ? one : member(one, "name")),
        );
      });
      return listed(limits.filter((name) => name !== "")) || asText(member(raw, "source"));
    },
    map: (raw: unknown) => {
      const outputs = member(raw, "outputs");
      const variables = Object.values(isObject(outputs) ? outputs : {}).map((one) => asText(member(one, "variable")));
      return listed(variables.filter((name) => name !== ""));
    },
    parse: (raw: unknown) => asText(member(raw, "input")) || "message",
    redact: (raw: unknown) => {
      const lists = [member(raw, "redactions"), member(raw, "actions")].flatMap((list) =>
        Array.isArray(list) ? list : [],
      );
      return listed(lists.map((one) => asText(member(one, "path"))).filter((path) => path !== ""));
    },
    log: (raw: unknown) => asText(member(raw, "log-level")),
  }),
);
