"use client";

import { Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { type CatalogChoice, PublishButton } from "#components/product/publish-button.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Section } from "#components/ui/section.tsx";
import { TitleBlock } from "#components/ui/title-block.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import type { Finding } from "#lib/api-definition/compiled.ts";
import { formatBytes, formatNumber, plural } from "#lib/format.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { paths } from "#lib/paths.ts";
import { FindingTable } from "./finding-table.tsx";

interface ImportReportProps {
  organization: string;
  api: { id: string; title: string; version: string; basePath: string; format: string; operationCount: number };
  sourceBytes: number;
  findings: Finding[];
  backends: { catalogTitle: string; url: string | null }[];
  catalogs: CatalogChoice[];
  publishedIn: string[];
  publish?: (catalogId: string) => Promise<ActionAnswer<{ live: LiveState }>>;
}

/** What an import brought: facts, findings with their lines, and the next step. */
export function ImportReport(props: ImportReportProps) {
  const { organization, api, sourceBytes, findings, backends, catalogs, publishedIn, publish } = props;
  const router = useRouter();
  const design = paths.draftApi(organization, api.id);
  const errors = findings.filter((f) => f.severity === "error").length;
  const sandbox = backends[0];
  const published = publishedIn.length > 0;
  // The button carries the dialog that says when it is live: it stays while that is open.
  const [publishing, setPublishing] = useState(false);
  const blocked = errors > 0 || !sandbox?.url;
  return (
    <>
      <PageHead
        crumbs={[{ label: "APIs", href: paths.draftApis(organization) }]}
        title={`${api.title} is imported`}
        lead={
          published
            ? "It is live. Call it in the test panel, or go on in the design."
            : blocked
              ? "It is a draft now. Publishing has to wait for what stands below."
              : "It is a draft now. Publish it to Sandbox to call it through the gateway."
        }
        actions={
          <>
            <LinkButton href={design} {...(blocked && { variant: "primary" as const })}>
              Open the design
            </LinkButton>
            {published && (
              <LinkButton
                href={`${paths.assemble(organization, api.id)}?test`}
                variant="primary"
                icon={<Play aria-hidden="true" />}
              >
                Test it
              </LinkButton>
            )}
            {publish && !blocked && catalogs[0] && (!published || publishing) && (
              <PublishButton
                name={api.title}
                variant={published ? "line" : "primary"}
                label={`Publish to ${catalogs[0].title}`}
                catalogs={catalogs.slice(0, 1)}
                publish={publish}
                onPublished={() => {
                  setPublishing(true);
                  router.refresh();
                }}
              />
            )}
          </>
        }
      />
      <TitleBlock
        facts={[
          { label: "Version", value: api.version, mono: true },
          { label: "Format", value: api.format.replace("openapi-", "OpenAPI ") },
          { label: "Operations", value: formatNumber(api.operationCount) },
          { label: "Size", value: formatBytes(sourceBytes) },
          { label: "Base path", value: api.basePath || "none", mono: true },
          { label: "Published in", value: publishedIn.join(", ") || "no catalog yet", grow: true },
        ]}
      />
      {!sandbox?.url && (
        <Note
          tone="warn"
          title="It has no backend address."
          className="mt-4"
          action={
            <LinkButton size="sm" href={`${design}?view=form#backend`}>
              Enter one
            </LinkButton>
          }
        >
          The definition names none that the gateway may call.
        </Note>
      )}
      <Section title="Findings" note={findings.length > 0 ? sayCounts(findings) : undefined}>
        {findings.length === 0 ? (
          <Note tone="ok" title="Nothing found.">
            The definition is valid and follows every rule.
          </Note>
        ) : (
          <FindingTable findings={findings} href={(finding) => `${design}?view=both&line=${finding.line}`} />
        )}
      </Section>
    </>
  );
}

function sayCounts(findings: Finding[]): string {
  const count = (severity: Finding["severity"]) => findings.filter((f) => f.severity === severity).length;
  return `${plural(count("error"), "error")}, ${plural(count("warning"), "warning")}, ${plural(count("info"), "note")}`;
}
