import NextLink from "next/link";
import type { OutlineBranch, OutlinePolicy } from "#lib/assembly/outline.schema.ts";

interface LinkToLine {
  /** Leads to a line of the source. */
  hrefOf: (line: number) => string;
}

/** Title, kind and the one fact of a policy; the title leads to its line in the source. */
export function PolicyTitle({ policy: { title, line }, hrefOf }: LinkToLine & { policy: OutlinePolicy }) {
  return (
    <NextLink className="link wrap-anywhere" href={hrefOf(line)} title={`Line ${line} of the source`}>
      {title}
    </NextLink>
  );
}

/** What stands below the title: kind, fact, and the policies that it holds. */
export function PolicyBody({ policy: { kind, fact, branches }, hrefOf }: LinkToLine & { policy: OutlinePolicy }) {
  return (
    <>
      <p className="wrap-anywhere">
        {kind}
        {fact !== "" && (
          <>
            : <code>{fact}</code>
          </>
        )}
      </p>
      <Branches branches={branches} hrefOf={hrefOf} />
    </>
  );
}

/** The cases of a policy, or the catches of an assembly: when they run, and what runs then, indented. */
export function Branches({ branches, hrefOf }: LinkToLine & { branches: OutlineBranch[] }) {
  if (branches.length === 0) return null;
  return (
    <ul className="mt-2 grid gap-3">
      {branches.map(({ label, when, policies }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two cases may be alike, and the list does not change
        <li key={index} className="min-w-0">
          {label !== "" && (
            <p className="mb-1 font-medium text-ink wrap-anywhere">
              {label} {when !== "" && <code className="font-normal">{when}</code>}
            </p>
          )}
          {policies.length === 0 ? (
            <p className="text-ink-3">Nothing runs.</p>
          ) : (
            <ol className="grid gap-2 border-s border-line-strong ps-3">
              {policies.map((policy, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <li key={at} className="min-w-0 text-ink-2">
                  <PolicyTitle policy={policy} hrefOf={hrefOf} />
                  <PolicyBody policy={policy} hrefOf={hrefOf} />
                </li>
              ))}
            </ol>
          )}
        </li>
      ))}
    </ul>
  );
}
