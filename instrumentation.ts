/** A page that waits longer for the database says so instead. */
const STATEMENT_MS = 5_000;

/** Next calls this once when the portal's process starts, before its first request. */
export async function register(): Promise<void> {
  // Not in the build, which has no database, nor in the edge's runtime.
  if (process.env.NEXT_RUNTIME !== "nodejs" || !process.env.DATABASE_URL) return;
  const { limitStatements } = await import("#lib/db/client.ts");
  limitStatements(STATEMENT_MS);
  const { renewInBackground } = await import("#lib/api-definition/renew-in-background.ts");
  renewInBackground();
  const { indexInBackground } = await import("#lib/catalog/index-in-background.ts");
  indexInBackground();
}
