import { Status } from "#components/ui/status.tsx";
import { formatDate } from "#lib/format.ts";

export interface ReleaseMark {
  catalog: { title: string };
  state: "published" | "retired";
  /** null: it is published, or an older portal retired it. */
  retiredAt: Date | null;
  retireReason: string;
  behind: { product: boolean; apis: string[] };
}

/** Whether callers get an older copy than the draft there (S48). */
export const isBehind = ({ behind }: ReleaseMark): boolean => behind.product || behind.apis.length > 0;

interface PublishedInProps {
  releases: ReleaseMark[];
}

/** Where a draft is live or was retired, a mark each; tells where callers get an older copy than the draft. */
export function PublishedIn({ releases }: PublishedInProps) {
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-0.5">
      {releases.map((release) => (
        <Status key={release.catalog.title} state={release.state}>
          {release.catalog.title}
          {asideOf(release) && <span className="font-normal text-ink-3">, {asideOf(release)}</span>}
        </Status>
      ))}
    </span>
  );
}

function asideOf(release: ReleaseMark): string | null {
  if (release.state === "published") return isBehind(release) ? "older copy" : null;
  return release.retiredAt ? `retired on ${formatDate(release.retiredAt)}` : "retired";
}
