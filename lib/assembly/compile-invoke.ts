import type { Context } from "./compile-list.ts";
import { outputName } from "./compile-simple.ts";
import { checkPattern } from "./name-pattern.ts";
import type { InvokePolicy, NameControl, Template } from "./plan.ts";
import type { PolicyInput } from "./policy.schema.ts";
import { canBeAddress, followsOrigin } from "./target-address.ts";

/** What API Connect's editor writes when nobody chose a time: the backend's own limit holds then. */
const DEFAULT_SECONDS = 60;

export function compileInvoke(
  input: PolicyInput<"invoke">,
  context: Context,
  pointer: string,
): Omit<InvokePolicy, "title" | "body"> {
  const { report } = context;
  const verb = input.verb?.toUpperCase() ?? "KEEP";
  return {
    kind: "invoke",
    url: targetUrl(input["target-url"] ?? "$(target-url)", context, `${pointer}/target-url`),
    verb: verb === "KEEP" ? null : verb,
    timeoutMs: (input.timeout ?? DEFAULT_SECONDS) === DEFAULT_SECONDS ? null : (input.timeout ?? 0) * 1000,
    username: input.username ? report.template(input.username, `${pointer}/username`) : null,
    password: input.password ? report.template(input.password, `${pointer}/password`) : null,
    headers: control(input["header-control"], context, `${pointer}/header-control`),
    parameters: control(input["parameter-control"], context, `${pointer}/parameter-control`),
    output: input.output ? (outputName(input.output, `${pointer}/output`, context) ?? null) : null,
    stopOnError: input["stop-on-error"] ?? null,
    keepPayload: input["keep-payload"] === true,
    tail: false,
  };
}

/** What an address starts with: a scheme, or a variable that holds one. */
const ABSOLUTE = /^https?:\/\/[^/?#\s]+/i;

function targetUrl(text: string, { report }: Context, pointer: string): Template | null {
  const template = report.template(text.trim(), pointer);
  const [first] = template;
  if (template.length === 1 && typeof first === "object" && first.scope === "target") return null;
  const starts = typeof first === "string" ? ABSOLUTE.test(first) || /^https?:\/\/$/i.test(first) : first !== undefined;
  if (!starts && !report.has(pointer)) {
    report.error(
      "POLICY_INVALID",
      pointer,
      "The target-url is an address that begins with http:// or https://, or with a variable.",
    );
  }
  if (/^https?:\/\/[^/?#]*@/i.test(text)) {
    report.error(
      "POLICY_INVALID",
      pointer,
      "Leave user name and password out of the address: use username and password.",
    );
  }
  if (!report.has(pointer) && followsOrigin(template)) {
    report.error(
      "POLICY_INVALID",
      pointer,
      "What follows $(target-url) begins with / or ?, or is a variable that does: it would be part of the host.",
    );
  }
  if (!report.has(pointer) && !canBeAddress(template, (reference) => report.known(reference))) {
    report.error(
      "POLICY_INVALID",
      pointer,
      "The target-url is no address, whatever its variables hold: a host, a port from 1 to 65535 where it has one, then a path without ; # and spaces.",
    );
  }
  return template;
}

function control(
  raw: PolicyInput<"invoke">["header-control"],
  { report }: Context,
  pointer: string,
): NameControl | null {
  if (!raw) return null;
  raw.values.forEach((pattern, index) => {
    report.attempt("POLICY_INVALID", `${pointer}/values/${index}`, () => checkPattern(pattern));
  });
  return { allow: raw.type === "allowlist" || raw.type === "whitelist", patterns: raw.values };
}
