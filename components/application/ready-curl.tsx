"use client";

import { usePathname, useRouter } from "next/navigation";
import { useTransition } from "react";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Section } from "#components/ui/section.tsx";
import { Select } from "#components/ui/select.tsx";
import type { ApplicationCurl } from "#lib/application/application.schema.ts";

/** A command to paste for a chosen operation (S27). The choice is in the address, so that the page can be shared. */
export function ReadyCurl({
  apis,
  api,
  operations,
  moreOperations,
  operation,
  command,
  needsSecret,
}: Omit<ApplicationCurl, "exploreHref">) {
  const router = useRouter();
  const pathname = usePathname();
  const [pending, start] = useTransition();
  const choose = (chosen: { api: string; operation?: string }) =>
    start(() => router.replace(`${pathname}?${new URLSearchParams(chosen)}`, { scroll: false }));
  return (
    <Section title="Call it" note="Secrets stay in your environment; the command never holds one.">
      <div className="mb-2 grid gap-2 md:grid-cols-[minmax(0,16rem)_minmax(0,1fr)]">
        <Select label="API" options={apis} value={api} onChange={(value) => choose({ api: value })} />
        <Select
          label="Operation"
          mono
          options={operations.map((o) => ({ value: o.key, label: `${o.method} ${o.path}` }))}
          value={operation}
          onChange={(value) => choose({ api, operation: value })}
        />
      </div>
      {moreOperations && (
        <p className="mb-2 text-12 text-ink-3">
          The list holds the first {operations.length} operations. The page of the API finds all of them.
        </p>
      )}
      <div aria-busy={pending}>
        <CodeBlock label="Shell" language="shell" code={command} />
      </div>
      {command.includes("$CLIENT_ID") && (
        <p className="mt-2 text-12 text-ink-3">
          Set <code>CLIENT_ID</code>
          {needsSecret && (
            <>
              {" "}
              and <code>CLIENT_SECRET</code>
            </>
          )}{" "}
          first: <code>set -a; . ./name.env; set +a</code> reads the file that was saved with the secret.
        </p>
      )}
    </Section>
  );
}
