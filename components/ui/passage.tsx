import { Monitor, Server } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { Mark } from "./mark.tsx";
import { notes, type PassageCall, type PassagePoint, type PassageState, passageSentence } from "./passage.sentence.ts";

const boxes: Record<PassageState, string> = {
  reached: "border-ok-solid bg-surface text-ok",
  stopped: "border-warn-solid bg-warn-tint text-warn",
  failed: "border-bad-solid bg-bad-tint text-bad",
  "not-called": "border-dashed border-line-strong bg-surface text-ink-3",
  unknown: "border-dashed border-line-strong bg-surface text-ink-3",
};

function Point({ name, point, icon }: { name: string; point: PassagePoint; icon: ReactNode }) {
  const note = point.note ?? notes[point.state];
  return (
    <div className="flex w-18 shrink-0 flex-col items-center gap-[5px] text-center text-12 leading-4 font-550 text-ink-2">
      <span
        className={cx(
          "grid size-7 place-items-center rounded-1 border-[1.5px] [&_svg]:size-4 [&_svg]:stroke-[1.75]",
          boxes[point.state],
        )}
      >
        {icon}
      </span>
      <span>
        {name}
        <span className="block text-11 font-normal text-ink-3">{note}</span>
      </span>
    </div>
  );
}

function Edge({ to, ms }: { to: PassageState; ms?: number }) {
  const dashed = to === "not-called" || to === "unknown";
  const line = dashed ? "border-dashed border-line-strong" : to === "failed" ? "border-bad-solid" : "border-ok-solid";
  return (
    <div className="-mx-4 flex h-7 min-w-0 flex-1 items-center gap-1.5 text-11 whitespace-nowrap text-ink-2">
      <span className={cx("min-w-2 flex-1 border-t-2", line)} />
      {ms !== undefined && !dashed && (
        <>
          {ms} ms
          <span className={cx("min-w-2 flex-1 border-t-2", line)} />
        </>
      )}
    </div>
  );
}

/** Where a call went and where it stopped: console, gateway, backend. Readers hear one sentence. */
export function Passage({ className, ...call }: PassageCall & { className?: string }) {
  return (
    <div role="img" aria-label={passageSentence(call)} className={cx("flex items-start justify-between", className)}>
      <Point name="Console" point={call.console ?? { state: "reached" }} icon={<Monitor />} />
      <Edge to={call.gateway.state} ms={call.toGatewayMs} />
      <Point name="Gateway" point={call.gateway} icon={<Mark plain />} />
      <Edge to={call.backend.state} ms={call.toBackendMs} />
      <Point name="Backend" point={call.backend} icon={<Server />} />
    </div>
  );
}
