import { runInThisContext } from "node:vm";
import { toHtml } from "./to-html.ts";

/** A text of 50,000 characters takes a quarter of a second; one that was made to take hours is stopped. */
const DEADLINE_MS = 2_000;

const holder = globalThis as typeof globalThis & { porticoWork?: () => void };

/**
 * HTML; null where a bound was passed, the parser threw (3,000 nested quotes overflow its stack), or the time was over. The
 * time is kept here as well as by the portal, so that a process whose portal has died does not work on for hours.
 */
function answer(text: string): string | null {
  let html: string | null = null;
  holder.porticoWork = () => {
    html = toHtml(text);
  };
  try {
    runInThisContext("porticoWork()", { timeout: DEADLINE_MS });
    return html;
  } catch {
    return null;
  }
}

process.on("message", (text: string) => process.send?.({ html: answer(text) }));
process.on("disconnect", () => process.exit());
