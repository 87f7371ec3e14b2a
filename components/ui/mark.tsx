import { cx } from "./cx.ts";

/** The colonnade. `plain` draws all of it in the colour of its text. */
export function Mark({ plain, className }: { plain?: boolean; className?: string }) {
  return (
    <svg viewBox="0 0 22 20" aria-hidden="true" className={cx("shrink-0", className ?? "h-5 w-[1.375rem]")}>
      <path fill="currentColor" d="M0 0h22v4H0zM1 6h4v14H1zM17 6h4v14h-4z" />
      <path className={plain ? "fill-current" : "fill-mark"} d="M9 10h4v10H9z" />
    </svg>
  );
}
