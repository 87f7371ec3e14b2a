import { lookup } from "node:dns/promises";
import { isIPv6 } from "node:net";
import { env } from "#lib/env.ts";
import { fieldError } from "#lib/errors/app-error.ts";
import { canonical, isForbiddenAddress, isForbiddenLiteral, parseAllowList, portOf } from "./address-guard.ts";
import { ownPorts } from "./own-ports.ts";

/** Resolving a name must not hold a form up; the gateway checks again when it connects. */
const RESOLVE_MS = 3_000;

/** With the setting that would open it. What a name leads to is not said: it may be nobody's business. */
function refusal(url: URL, port: number): string {
  const address = canonical(url.hostname);
  if (address !== null && ownPorts().has(address, port))
    return "The address is a port of Portico itself, where no backend is.";
  const place = address === null ? `<address of ${url.hostname}>` : isIPv6(address) ? `[${address}]` : address;
  return `The address is in a network that backends may not be in. The operator can allow it with BACKEND_ALLOW=${place}:${port}`;
}

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
  const port = portOf(url);
  const own = ownPorts();
  if (isForbiddenLiteral(url.hostname, allow, port, own)) throw refuse(refusal(url, port));
  const addresses = await resolved(url.hostname);
  if (addresses.length > 0 && addresses.every((address) => isForbiddenAddress(address, allow, port, own))) {
    throw refuse(refusal(url, port));
  }
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
