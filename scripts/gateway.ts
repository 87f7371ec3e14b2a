// npm run gateway -- --workers N: the gateway alone, with DATABASE_URL and the secrets from the environment.
import "#gateway/workers.ts";
