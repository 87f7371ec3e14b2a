import "server-only";
import { notFound as nextNotFound } from "next/navigation";
import { z } from "zod";
import { notFound } from "#lib/errors/app-error.ts";
import { type ApiRef, readApiSegment } from "#lib/paths.ts";
import { word } from "#lib/text.schema.ts";

/** What each segment of an address may be, by its name in the folder `[name]`. A new one is added here. */
const shapes: Record<string, z.ZodType<string>> = {
  organization: word(),
  catalog: word(),
  api: word(500),
  operation: word(500),
  id: z.uuid(),
  token: word(100),
};

/**
 * The segments of a page's address, decoded once and checked (T35): Next hands them over as they were typed, and an
 * operation's key may hold a space or a slash. What cannot be the address of anything is as absent as a random one.
 */
export function pageParams<T extends Record<string, string>>(params: T): T {
  return read(params) ?? nextNotFound();
}

/** The same for a route handler, whose errors are problem+json. */
export function routeParams<T extends Record<string, string>>(params: T): T {
  const found = read(params);
  if (!found) throw notFound();
  return found;
}

/** The same of a page of Explore, whose API may carry a version: "weather@1.0.0". */
export function exploreParams<T extends { organization: string; catalog: string; api: string }>(params: T): T & ApiRef {
  const found = pageParams(params);
  const { api, version } = readApiSegment(found.api);
  if (version === undefined) return { ...found, api };
  return { ...found, api, version: word().safeParse(version).data ?? nextNotFound() };
}

function read<T extends Record<string, string>>(params: T): T | null {
  const entries: [string, string][] = [];
  for (const [name, value] of Object.entries(params)) {
    const shape = shapes[name];
    if (!shape) throw new Error(`the segment [${name}] has no shape`);
    const parsed = shape.safeParse(decodeOnce(value));
    if (!parsed.success) return null;
    entries.push([name, parsed.data]);
  }
  return Object.fromEntries(entries) as T;
}

function decodeOnce(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // "%" without digits: no key reads so, and the page says "not found".
    return value;
  }
}
