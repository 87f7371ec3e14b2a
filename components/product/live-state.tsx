import { CircleCheck, CircleDashed, TriangleAlert } from "lucide-react";
import { cx } from "#components/ui/cx.ts";
import { type LiveState as LiveAnswer, silentWords, unconfirmedWords } from "#lib/gateway-feed/live.rules.ts";

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** "Live on 1 of 1 gateways, 0.4 s"; says so too when a gateway is behind or none runs. */
export function liveSentence({ gateways, live, complete, waitedMs }: LiveAnswer): string {
  if (gateways === 0) return "Published. No gateway is running, so no call passes yet.";
  const count = `Live on ${live} of ${gateways} gateways`;
  if (complete) return `${count}, ${seconds(waitedMs)}`;
  return `${count} after ${seconds(waitedMs)}`;
}

interface LiveStateProps {
  state: LiveAnswer;
  /** When the answer came, as the person's clock says it. */
  at?: string;
  /** The steps before it, oldest first. */
  steps?: string[];
  className?: string;
}

/** The gateways' acknowledgement, with the steps that led to it. */
export function LiveState({ state, at, steps = [], className }: LiveStateProps) {
  const Icon = state.complete ? CircleCheck : state.gateways === 0 ? CircleDashed : TriangleAlert;
  const edge = state.complete ? "border-s-ok-solid" : "border-s-warn-solid";
  const mark = state.complete ? "text-ok" : "text-warn";
  return (
    <div role="status" className={cx("rounded-1 border border-s-[3px] border-line bg-surface", edge, className)}>
      <p className="flex items-start gap-2 px-2.5 py-1.5 text-12 font-semibold">
        <Icon aria-hidden="true" className={cx("mt-0.5 size-3.5 shrink-0", mark)} />
        <span className="min-w-0 flex-1">{liveSentence(state)}</span>
        {at && <span className="shrink-0 font-normal text-ink-3">{at}</span>}
      </p>
      {state.unconfirmed.length > 0 && (
        <p className="px-2.5 pb-1.5 ps-8 text-12 wrap-anywhere text-ink-2">
          {unconfirmedWords(state)} {silentWords(state) || "The others take it up when they have read it."}
        </p>
      )}
      {steps.length > 0 && (
        <ul className="pb-1.5 text-12 text-ink-2">
          {steps.map((step) => (
            <li key={step} className="px-2.5 py-0.5 ps-8">
              {step}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
