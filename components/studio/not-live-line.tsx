import { Fragment } from "react";
import { ClockTime } from "./clock-time.tsx";
import type { OldFormCopy } from "./old-form-note.tsx";

/** A copy that callers get: the catalog's title and when it was published. */
export interface LiveCopy extends OldFormCopy {
  publishedAt: string;
  /** Whether it is the draft as saved. */
  current: boolean;
}

interface NotLiveLineProps {
  copies: LiveCopy[];
  changedAt: string;
  /** Something in the page is not saved yet. */
  dirty?: boolean;
  className?: string;
}

/** Which copy callers get now: the draft as saved, or an older one (S48). */
export function NotLiveLine({ copies, changedAt, dirty, className = "text-12 text-ink-2" }: NotLiveLineProps) {
  const older = copies.filter((copy) => !copy.current);
  const list = (some: LiveCopy[]) =>
    some.map((copy, index) => (
      <Fragment key={copy.catalog}>
        {index > 0 && (index === some.length - 1 ? " and " : ", ")}
        <ClockTime at={copy.publishedAt} />
        {` in ${copy.catalog}`}
      </Fragment>
    ));
  if (copies.length === 0)
    return (
      <p className={className}>
        Saved <ClockTime at={changedAt} />. Not published yet, so nobody can call it.
      </p>
    );
  if (dirty)
    return <p className={className}>Your changes are not saved. Callers get the copy published {list(copies)}.</p>;
  if (older.length === 0) return <p className={className}>Callers get this draft, published {list(copies)}.</p>;
  return (
    <p className={className}>
      Your edit of <ClockTime at={changedAt} /> is not live. Callers still get the copy published {list(older)}.
    </p>
  );
}
