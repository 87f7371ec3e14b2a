/** What a gateway's heartbeat says of where it would count limits: "postgres", "redis <which>", or "redis away". */
export const POSTGRES_STORE = "postgres";
export const REDIS_AWAY = "redis away";
export const redisStore = (which: string): string => `redis ${which}`;

export const mixtures = {
  kinds:
    "Some gateways have a REDIS_URL and others have none. Until all have the same, all of them count limits through PostgreSQL.",
  servers:
    "The REDIS_URLs of the gateways lead to different servers. Until all lead to the same, all of them count limits through PostgreSQL.",
} as const;
export type Mixture = keyof typeof mixtures;

/** What is wrong with the stores of gateways that run together; null: nothing. One whose Redis is away is no mixture. */
export function mixtureOf(stores: readonly string[]): Mixture | null {
  const different = new Set(stores);
  const redis = [...different].filter((store) => store !== POSTGRES_STORE);
  if (different.has(POSTGRES_STORE) && redis.length > 0) return "kinds";
  return redis.filter((store) => store !== REDIS_AWAY).length > 1 ? "servers" : null;
}
