"use client";

import { CodeBlock } from "#components/ui/code-block.tsx";
import { buildCurl } from "#lib/explore/curl.rules.ts";
import type { CallValues } from "#lib/explore/explore.schema.ts";
import type { ExploreOperation } from "#lib/explore/explore-view.schema.ts";
import { buildRequest, ValueError } from "#lib/explore/request.rules.ts";
import { useExplore } from "./explore-context.tsx";

interface CurlBlockProps {
  operation: ExploreOperation;
  values: CallValues;
  gatewayUrl: string;
}

/** The same call as a command, following the form; the secret is a placeholder (explore 12). */
export function CurlBlock({ operation, values, gatewayUrl }: CurlBlockProps) {
  const { api, choice } = useExplore();
  const token = choice.mode === "token" && operation.need.token;
  const authorization = operation.need.authorization && choice.authorization !== "";
  const { method, need, path: pathTemplate, slice } = operation;
  try {
    const request = buildRequest({ method, basePath: api.basePath, pathTemplate, slice }, values);
    return (
      <CodeBlock
        label="Shell"
        language="shell"
        code={buildCurl(request, { origin: gatewayUrl, need, token, authorization })}
      />
    );
  } catch (error) {
    if (error instanceof ValueError) return <p className="text-12 text-ink-3">{error.message}</p>;
    throw error;
  }
}
