import { Status } from "#components/ui/status.tsx";

export interface ReleaseMark {
  catalog: { title: string };
  state: "published" | "retired";
  behind: { product: boolean; apis: string[] };
}

/** Whether callers get an older copy than the draft there (S48). */
export const isBehind = ({ behind }: ReleaseMark): boolean => behind.product || behind.apis.length > 0;

interface PublishedInProps {
  releases: ReleaseMark[];
}

/** Where a draft is live, a mark each; tells where callers get an older copy than the draft. */
export function PublishedIn({ releases }: PublishedInProps) {
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-0.5">
      {releases
        .filter((release) => release.state === "published")
        .map((release) => (
          <Status key={release.catalog.title} state="published">
            {release.catalog.title}
            {isBehind(release) && <span className="font-normal text-ink-3">, older copy</span>}
          </Status>
        ))}
    </span>
  );
}
