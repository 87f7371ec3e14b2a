import pg from "pg";

export interface Statement {
  text: string;
  values: unknown[];
}

/** What `work` asks of the database; transactions' own words are not among it. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const seen: Statement[] = [];
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first, second] = args;
    const { text = "", values = [] } =
      typeof first === "string" ? { text: first } : ((first ?? {}) as Partial<Statement>);
    if (!/^\s*(begin|commit|rollback|set)\b/i.test(text)) {
      seen.push({ text, values: values.length === 0 && Array.isArray(second) ? second : values });
    }
    return Reflect.apply(query, this, args);
  } as typeof query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return seen;
}
