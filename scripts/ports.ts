import { createServer } from "node:net";
import { Failure } from "./failure.ts";

/** What is about to listen: the setting that names its port, and where. */
export interface Listener {
  setting: string;
  host: string;
  port: number;
}

function tryListen(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(port, host, () => server.close(() => resolve()));
  });
}

/** Refuses, before anything starts, ports that are taken, forbidden or given twice. */
export async function ensurePortsFree(listeners: Listener[]): Promise<void> {
  for (const [index, { setting, host, port }] of listeners.entries()) {
    const twin = listeners.slice(0, index).find((other) => other.port === port);
    if (twin) throw new Failure(`${twin.setting} and ${setting} are both ${port}: set one of them to another port`);
    try {
      await tryListen(host, port);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "EADDRINUSE")
        throw new Failure(`port ${port} is in use: stop what listens there, or set ${setting}`);
      throw new Failure(`${setting} ${port} on ${host} cannot be listened on: ${message}`);
    }
  }
}
