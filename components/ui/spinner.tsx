import { cx } from "./cx.ts";

/** A turning ring that shows itself only after 300 ms. Decoration: the words beside it say what is under way. */
export function Spinner({ className }: { className?: string }) {
  return (
    <span aria-hidden="true" className={cx("grid size-3.5 animate-late", className)}>
      <span className="size-full animate-turn motion-reduce:animate-none rounded-full border-2 border-current border-r-transparent" />
    </span>
  );
}
