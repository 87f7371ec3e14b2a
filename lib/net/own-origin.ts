import { env } from "#lib/env.ts";

/** Whether an Origin header is the portal's own, to the letter: scheme, host and port (T25). None is not. */
export const isOwnOrigin = (origin: string | null): boolean => origin === new URL(env().PORTAL_URL).origin;

/** What somebody reads whose page is not, mostly because they opened the portal under another name. */
export const FOREIGN_ORIGIN = (own: string): string =>
  `This request did not come from the portal's own address. Open the portal at ${own} and try again there.`;

/** The path of a page, for its actions' audit and log: written by proxy.ts, whatever a client sends. */
export const PATH_HEADER = "x-portico-path";
