import type { TestProject } from "vitest/node";
import { startDatabase, startGateway } from "./own-gateway.ts";

/** Points the suite at TARGET, or starts a database and a gateway for it. */
export default async function setup(project: TestProject) {
  const { TARGET, DATABASE_URL } = process.env;
  if (TARGET) {
    if (!DATABASE_URL) throw new Error("TARGET needs the DATABASE_URL and the secrets of that installation");
    project.provide("target", TARGET.replace(/\/$/, ""));
    project.provide("databaseUrl", DATABASE_URL);
    return;
  }
  const database = await startDatabase();
  const gateway = await startGateway(database.url);
  project.provide("target", gateway.address);
  project.provide("databaseUrl", database.url);
  return async () => {
    await gateway.stop();
    await database.stop();
  };
}

declare module "vitest" {
  interface ProvidedContext {
    target: string;
    databaseUrl: string;
  }
}
