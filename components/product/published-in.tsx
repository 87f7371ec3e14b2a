import { Status } from "#components/ui/status.tsx";

export interface ReleaseMark {
  catalog: { title: string };
  state: "published" | "retired";
  publishedAt: Date;
}

interface PublishedInProps {
  releases: ReleaseMark[];
  /** Last change of the draft: a catalog that was published before it serves an older copy (S48). */
  changedAt: Date;
}

/** Where a draft is live, a mark each; tells where callers get an older copy than the draft. */
export function PublishedIn({ releases, changedAt }: PublishedInProps) {
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-0.5">
      {releases
        .filter((release) => release.state === "published")
        .map((release) => (
          <Status key={release.catalog.title} state="published">
            {release.catalog.title}
            {changedAt > release.publishedAt && <span className="font-normal text-ink-3">, older copy</span>}
          </Status>
        ))}
    </span>
  );
}
