/** Where to go after sign-in: a path of this portal and nothing else, so that a link cannot lead elsewhere. */
export function safeNext(next: string | string[] | undefined, fallback: string): string {
  if (typeof next !== "string" || !/^\/(?![/\\])/.test(next)) return fallback;
  // "/\t/evil.example" and friends: what the browser would strip must not be there.
  return /[\s\\]/.test(next) ? fallback : next;
}
