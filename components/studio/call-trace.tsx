import { Disclosure } from "#components/ui/disclosure.tsx";
import type { TraceMessage, TraceStep } from "#lib/assembly/trace.schema.ts";
import { plural } from "#lib/format.ts";

/** What each policy did to the message, in the order in which they ran (S99). */
export function CallTrace({ steps }: { steps: TraceStep[] }) {
  if (steps.length === 0) return null;
  return (
    <Disclosure summary={plural(steps.length, "policy", "policies")}>
      <ol aria-label="Policies that ran" className="grid gap-2 text-12">
        {steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list of one answer never changes
          <li key={index} className="grid gap-1" style={{ paddingInlineStart: `${step.depth}rem` }}>
            <p className="flex flex-wrap items-baseline gap-x-2">
              <span className="font-medium">{step.title}</span>
              <span className="text-ink-3">
                {step.kind}, {step.ms.toFixed(1)} ms
              </span>
            </p>
            {step.error && <p className="wrap-anywhere text-bad">{step.error}</p>}
            <Changes of={changesOf(step)} />
          </li>
        ))}
      </ol>
    </Disclosure>
  );
}

function Changes({ of }: { of: string[] }) {
  if (of.length === 0) return null;
  return (
    <ul className="grid gap-0.5 font-mono text-code">
      {of.map((line) => (
        <li key={line} className="wrap-anywhere">
          {line}
        </li>
      ))}
    </ul>
  );
}

/** Characters of a body that stand in a line. */
const BODY_SHOWN = 300;

/** What a policy changed, a line each; nothing for one that holds others, whose lines say it. */
export function changesOf({ kind, before, after }: TraceStep): string[] {
  if (kind === "switch" || kind === "operation-switch") return [];
  const lines: string[] = [];
  if (before.status !== after.status) lines.push(`status: ${after.status || "none"}`);
  const [had, has] = [joined(before), joined(after)];
  for (const [name, value] of has) if (had.get(name) !== value) lines.push(`${name}: ${value}`);
  // An answer takes the place of the request: what that had is not taken away.
  const answered = before.status === 0 && after.status !== 0;
  if (!answered) for (const name of had.keys()) if (!has.has(name)) lines.push(`${name} is gone`);
  if (before.body !== after.body && after.body !== null) {
    const text = after.body.slice(0, BODY_SHOWN);
    lines.push(text === "" ? "body: empty" : `body: ${text}${after.body.length > BODY_SHOWN ? "…" : ""}`);
  }
  return lines;
}

function joined({ headers }: TraceMessage): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    found.set(key, found.has(key) ? `${found.get(key)}, ${value}` : value);
  }
  return found;
}
