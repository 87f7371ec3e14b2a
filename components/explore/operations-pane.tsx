"use client";

import NextLink from "next/link";
import { useParams } from "next/navigation";
import { useDeferredValue, useMemo, useState } from "react";
import { VersionSwitch } from "#components/catalog/version-switch.tsx";
import { Method } from "#components/ui/method.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import type { ExploreOperationLine } from "#lib/explore/explore-view.schema.ts";
import { plural } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";
import { useExplore } from "./explore-context.tsx";

/** Lines that are drawn; the filter reaches the others. */
const DRAWN_MAX = 250;

/** The operations of the API by tag, filtered as one types (S62). `/` brings the focus to the filter. */
export function OperationsPane() {
  const { api, operations } = useExplore();
  const [filter, setFilter] = useState("");
  const words = useDeferredValue(filter);
  const found = useMemo(() => matching(operations, words), [operations, words]);
  const groups = useMemo(() => byTag(found.slice(0, DRAWN_MAX)), [found]);
  const apiRef = api.ref;

  return (
    <>
      <div className="border-b border-line px-3.5 py-3">
        <div className="flex items-baseline gap-2">
          <div className="min-w-0 font-semibold wrap-anywhere">
            <NextLink href={paths.api(apiRef)} className="hover:underline">
              {api.title}
            </NextLink>
          </div>
          <span className="shrink-0 font-mono text-12 text-ink-3">
            <VersionSwitch
              version={api.version}
              versions={api.versions.map((one) => ({ ...one, href: paths.exploreApi(one.ref) }))}
            />
          </span>
        </div>
        <NextLink href={paths.explore(apiRef)} className="inline-block min-h-6 text-12 text-ink-2 hover:underline">
          {api.catalog.organization.name}, {api.catalog.title}
        </NextLink>
        <div className="relative mt-2">
          <SearchInput label="Filter operations" value={filter} onChange={(event) => setFilter(event.target.value)} />
        </div>
      </div>
      <nav aria-label="Operations" className="min-h-0 flex-1 overflow-y-auto p-2">
        {groups.map(([tag, lines]) => (
          <div key={tag}>
            {tag && <h2 className="px-2 pt-2.5 pb-1 text-12 font-medium text-ink-3">{tag}</h2>}
            <ul>
              {lines.map((line) => (
                <OperationLink key={line.key} line={line} href={paths.exploreOperation(apiRef, line.key)} />
              ))}
            </ul>
          </div>
        ))}
        {operations.length < api.operationCount && (
          <p className="px-2 pt-2 text-12 text-ink-3">
            This list holds {operations.length} of {plural(api.operationCount, "operation")}.{" "}
            <NextLink className="link" href={paths.api(apiRef)}>
              All of them
            </NextLink>{" "}
            stand on the page of the API.
          </p>
        )}
        <p role="status" className="px-2 py-2 text-12 text-ink-3">
          {found.length === 0
            ? "No operation matches. Fewer letters find more."
            : found.length > DRAWN_MAX
              ? `The first ${DRAWN_MAX} of ${plural(found.length, "operation")}. Filter to see others.`
              : words && plural(found.length, "operation")}
        </p>
      </nav>
    </>
  );
}

function OperationLink({ line, href }: { line: ExploreOperationLine; href: string }) {
  const { setPane } = useExplore();
  const params = useParams<{ operation?: string }>();
  // The address holds the key encoded; a key such as "GET /current" has a space and a slash.
  const current = params.operation !== undefined && decodeURIComponent(params.operation) === line.key;
  return (
    <li>
      <NextLink
        href={href}
        prefetch={false}
        aria-current={current ? "page" : undefined}
        title={`${line.method} ${line.path}`}
        onClick={() => setPane("request")}
        className="flex min-h-[30px] items-center gap-1 rounded-1 px-2 text-ink-2 hover:bg-hover aria-[current=page]:bg-accent-tint aria-[current=page]:font-semibold aria-[current=page]:text-ink max-lg:min-h-11"
      >
        <Method method={line.method} short />
        <span className="min-w-0 py-1">
          <span className="block truncate">{line.summary || line.path}</span>
          {line.summary && <span className="block truncate font-mono text-12 font-normal text-ink-3">{line.path}</span>}
        </span>
      </NextLink>
    </li>
  );
}

/** Lines that hold every word somewhere: path, key, summary, tag, method. */
function matching(operations: ExploreOperationLine[], filter: string): ExploreOperationLine[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return operations;
  return operations.filter((o) => {
    const text = `${o.method} ${o.path} ${o.key} ${o.summary} ${o.tag}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function byTag(operations: ExploreOperationLine[]): [string, ExploreOperationLine[]][] {
  const groups = new Map<string, ExploreOperationLine[]>();
  for (const operation of operations) {
    const lines = groups.get(operation.tag);
    if (lines) lines.push(operation);
    else groups.set(operation.tag, [operation]);
  }
  return [...groups];
}
