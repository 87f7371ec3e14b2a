import { cx } from "#components/ui/cx.ts";
import { Note } from "#components/ui/note.tsx";

/** A published copy that this version can no longer compile, and why. */
export interface OldFormCopy {
  catalog: string;
  problem: string | null;
}

/** Says where callers are still served what an older version compiled, and what the owner does about it. */
export function OldFormNote({ copies, className }: { copies: OldFormCopy[]; className?: string }) {
  const old = copies.filter((copy) => copy.problem !== null);
  if (old.length === 0) return null;
  return (
    <div className={cx("grid gap-2", className)}>
      {old.map(({ catalog, problem }) => (
        <Note key={catalog} tone="warn" title={`What is published in ${catalog} can no longer be compiled.`}>
          Callers are served as before, by what an older version of Portico made of it. Correct the API and publish it
          again, so that improvements reach this API too. The reason: {problem}
        </Note>
      ))}
    </div>
  );
}
