/** What asks the whole to stop: SIGTERM, SIGINT, SIGHUP, or the end of the process that started us over IPC. */
export interface StopSignal {
  signal: AbortSignal;
  /** Resolves when asked. */
  requested: Promise<void>;
}

/** Listens for the first request to stop; the second one calls `hard`, which must not wait. */
export function stopSignal(hard: () => void): StopSignal {
  const controller = new AbortController();
  const requested = new Promise<void>((resolve) => controller.signal.addEventListener("abort", () => resolve()));
  const ask = () => {
    if (controller.signal.aborted) hard();
    else controller.abort();
  };
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, ask);
  if (process.channel) process.once("disconnect", () => controller.abort());
  return { signal: controller.signal, requested };
}
