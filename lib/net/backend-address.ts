import { lookup } from "node:dns/promises";
import { env } from "#lib/env.ts";
import { fieldError } from "#lib/errors/app-error.ts";
import { isForbiddenAddress, isForbiddenLiteral, parseAllowList } from "./address-guard.ts";

/** Resolving a name must not hold a form up; the gateway checks again when it connects. */
const RESOLVE_MS = 3_000;

const REFUSED =
  "The address is in a network that backends may not be in. The operator can allow it with BACKEND_ALLOW.";

/**
 * A backend address in its canonical form, without a trailing slash. Throws INPUT_INVALID beside `field` when it is
 * no plain http or https address, or leads to a forbidden network (T10). A name that does not resolve now is
 * accepted: it may exist only where the gateway runs, which checks the address of every connection.
 */
export async function checkBackendAddress(text: string, field = "url"): Promise<string> {
  const refuse = (message: string) => fieldError(field, message);
  if (!URL.canParse(text)) throw refuse("Enter an address such as https://backend.example.com/v1.");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw refuse("The address starts with http:// or https://.");
  if (url.username || url.password)
    throw refuse("Leave user name and password out of the address. Enter them under Authentication.");
  if (url.search || url.hash || /[?#]/.test(text)) throw refuse("The address has no query and no fragment.");
  const allow = parseAllowList(env().BACKEND_ALLOW);
  if (isForbiddenLiteral(url.hostname, allow)) throw refuse(REFUSED);
  const addresses = await resolved(url.hostname);
  if (addresses.length > 0 && addresses.every((address) => isForbiddenAddress(address, allow))) throw refuse(REFUSED);
  return url.href.replace(/\/+$/, "");
}

async function resolved(hostname: string): Promise<string[]> {
  const literal = hostname.replace(/^\[|\]$/g, "");
  const timeout = new Promise<never[]>((done) => setTimeout(done, RESOLVE_MS, []).unref());
  const answer = lookup(literal, { all: true }).then(
    (all) => all.map(({ address }) => address),
    () => [],
  );
  return Promise.race([answer, timeout]);
}
