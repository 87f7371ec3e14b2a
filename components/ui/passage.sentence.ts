export type PassageState = "reached" | "stopped" | "failed" | "not-called" | "unknown";

export interface PassagePoint {
  state: PassageState;
  /** Under the name; "stopped here", "failed here", "not called" and "not known" are said where it is left out. */
  note?: string;
}

export interface PassageCall {
  console?: PassagePoint;
  gateway: PassagePoint;
  backend: PassagePoint;
  /** Times on the edges, whole milliseconds. */
  toGatewayMs?: number;
  toBackendMs?: number;
}

export const notes: Record<PassageState, string | undefined> = {
  reached: undefined,
  stopped: "stopped here",
  failed: "failed here",
  "not-called": "not called",
  unknown: "not known",
};

const verbs: Record<PassageState, string> = {
  reached: "reached",
  stopped: "stopped the call",
  failed: "failed",
  "not-called": "not called",
  unknown: "may have been called",
};

/** The strip as one sentence: "Gateway reached in 9 ms, backend not called." */
export function passageSentence({ console, gateway, backend, toGatewayMs, toBackendMs }: PassageCall): string {
  const say = (name: string, point: PassagePoint, ms?: number) => {
    const note = point.note && point.note !== notes[point.state] ? ` (${point.note})` : "";
    const time =
      ms !== undefined && point.state !== "not-called" && point.state !== "unknown"
        ? ` ${point.state === "reached" ? "in" : "after"} ${ms} ms`
        : "";
    return `${name} ${verbs[point.state]}${time}${note}`;
  };
  const parts = [say("gateway", gateway, toGatewayMs), say("backend", backend, toBackendMs)];
  if (console && console.state !== "reached") parts.unshift(say("console", console));
  const text = parts.join(", ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
