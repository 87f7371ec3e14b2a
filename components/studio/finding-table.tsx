"use client";

import NextLink from "next/link";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { Finding } from "#lib/api-definition/compiled.ts";

const STEP = 50;
const tones = { error: "bad", warning: "warn", info: "info" } as const;
const words = { error: "Error", warning: "Warning", info: "Note" };

interface FindingTableProps {
  findings: Finding[];
  /** The finding's line in the design. */
  href: (finding: Finding) => string;
}

/** Findings as rows: severity, line and column as a link into the source, cause and remedy. */
export function FindingTable({ findings, href }: FindingTableProps) {
  const [shown, setShown] = useState(STEP);
  return (
    <>
      <Table label="Findings">
        <thead>
          <tr>
            <Th>Severity</Th>
            <Th>Line</Th>
            <Th>Finding</Th>
          </tr>
        </thead>
        <tbody>
          {findings.slice(0, shown).map((finding) => (
            <tr key={`${finding.line}:${finding.column} ${finding.code} ${finding.pointer} ${finding.message}`}>
              <Td className="align-top">
                <Tag tone={tones[finding.severity]}>{words[finding.severity]}</Tag>
              </Td>
              <Td names label="Line" mono className="align-top whitespace-nowrap">
                <NextLink className="link" href={href(finding)} prefetch={false}>
                  {finding.line}:{finding.column}
                </NextLink>
              </Td>
              <Td label="Finding" className="wrap-anywhere">
                {finding.message} <span className="font-mono text-12 text-ink-3">{finding.code}</span>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {findings.length > shown && (
        <Button className="mt-3" onClick={() => setShown(shown + STEP)}>
          Show {Math.min(STEP, findings.length - shown)} more of {findings.length}
        </Button>
      )}
    </>
  );
}
