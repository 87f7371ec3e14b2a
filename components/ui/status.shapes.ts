/** Whether calls pass: green dot, amber ring, grey ring, grey square, red square. */
export type StatusShape = "passes" | "changing" | "resting" | "over" | "broken";

const states: Record<StatusShape, string[]> = {
  passes: ["published", "active", "live", "approved", "accepted", "enabled", "healthy", "ok"],
  changing: ["pending", "pending approval", "deprecated", "retiring", "expires soon", "migrating", "invited", "behind"],
  resting: ["draft", "staged", "suspended", "offline", "paused", "disabled", "never used"],
  over: ["retired", "archived", "revoked", "expired", "rejected", "cancelled", "withdrawn", "ended"],
  broken: ["failed", "error"],
};
const shapes = new Map(
  Object.entries(states).flatMap(([shape, words]) => words.map((word) => [word, shape as StatusShape])),
);

const plain = (state: string): string => state.toLowerCase().replaceAll(/[_-]+/g, " ");

/** The shape of a state word, any case; an unknown word is at rest, which promises nothing. */
export const shapeOf = (state: string): StatusShape => shapes.get(plain(state)) ?? "resting";

/** "PENDING_APPROVAL" -> "Pending approval". */
export const wordOf = (state: string): string => plain(state).replace(/^./, (first) => first.toUpperCase());
