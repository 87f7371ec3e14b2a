"use client";

import { Disclosure } from "#components/ui/disclosure.tsx";
import type { Finding } from "#lib/api-definition/compiled.ts";
import { plural } from "#lib/format.ts";
import { FindingsAt } from "./findings-at.tsx";

const SHOWN = 50;

interface FindingListProps {
  findings: Finding[];
  onFix: (finding: Finding) => void;
  onShow: (finding: Finding) => void;
}

/** "2 errors, 1 warning" */
export function findingWords(findings: Finding[]): string {
  const count = (severity: Finding["severity"]) => findings.filter((f) => f.severity === severity).length;
  if (findings.length === 0) return "No findings";
  const notes = count("info") > 0 ? [plural(count("info"), "note")] : [];
  return [plural(count("error"), "error"), plural(count("warning"), "warning"), ...notes].join(", ");
}

/** All findings, errors first, folded away: each part of the form shows its own. */
export function FindingList({ findings, onFix, onShow }: FindingListProps) {
  const errors = findings.filter((f) => f.severity === "error").length;
  const warnings = findings.filter((f) => f.severity === "warning").length;
  if (findings.length === 0) return null;
  return (
    <Disclosure
      className="border-b border-line bg-surface px-3"
      summary={
        <>
          <b className={errors > 0 ? "text-bad" : undefined}>{plural(errors, "error")}</b>,{" "}
          {plural(warnings, "warning")}
          {findings.length - errors - warnings > 0 && `, ${plural(findings.length - errors - warnings, "note")}`}
        </>
      }
    >
      <div className="max-h-64 overflow-auto pe-1 pb-1">
        <FindingsAt findings={findings.slice(0, SHOWN)} onFix={onFix} onShow={onShow} />
        {findings.length > SHOWN && (
          <p className="mt-2 text-12 text-ink-3">{findings.length - SHOWN} more; F8 in the source goes through all.</p>
        )}
      </div>
    </Disclosure>
  );
}
