"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { type Problem, postJson } from "#components/ui/post-json.ts";
import { paths } from "#lib/paths.ts";

export type ImportInput = { source: string } | { url: string };

export interface ImportError {
  message: string;
  /** A line of the text each, where there are some. */
  lines: string[];
}

/** Sends a definition to the import and goes to its report. A route takes it: it may have 5 MB. */
export function useImport(organization: string) {
  const router = useRouter();
  const [step, setStep] = useState<string | null>(null);
  const [error, setError] = useState<ImportError | null>(null);

  const run = async (input: ImportInput) => {
    setError(null);
    setStep("url" in input ? "Fetching and reading the definition" : "Reading the definition");
    try {
      const response = await postJson(`${paths.importApi(organization)}/run`, { organization, ...input });
      const body = (await response.json().catch(() => ({}))) as Problem & { id?: string; problem?: Problem };
      if (body.id) {
        setStep("Writing the report");
        return router.push(`${paths.draftApi(organization, body.id)}/report`);
      }
      const { detail, errors = [] } = body.problem ?? body;
      setError({ message: detail ?? "The import failed on our side.", lines: errors.map((e) => e.message) });
    } catch {
      setError({ message: "The portal did not answer. What you entered is still here; try again.", lines: [] });
    }
    setStep(null);
  };
  return { run, step, error, clear: () => setError(null) };
}
