import { type ApiRef, readApiSegment } from "#lib/paths.ts";

/** Next hands over the segments of an address as they were typed; an operation's key may hold a space or a slash. */
export function decoded<T extends Record<string, string>>(params: T): T {
  const entries = Object.entries(params).map(([name, value]) => [name, decodeOnce(value)]);
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

/** The same of an address in Explore, whose API may carry a version: "weather@1.0.0". */
export function exploreRef<T extends { organization: string; catalog: string; api: string }>(params: T): T & ApiRef {
  const read = decoded(params);
  return { ...read, ...readApiSegment(read.api) };
}
