"use client";

import type { ReactNode } from "react";
import { Select } from "#components/ui/select.tsx";
import { TextArea } from "#components/ui/text-area.tsx";
import type { OperationSlice } from "#lib/api-definition/compiled.ts";
import type { CallValues } from "#lib/explore/explore.schema.ts";
import { RequestGroup } from "./request-group.tsx";

interface BodyFieldProps {
  body: NonNullable<OperationSlice["body"]>;
  values: CallValues;
  onChange: (values: CallValues) => void;
  error?: ReactNode;
}

/** Where a JSON body breaks, in words; nothing for other types and for what parses. The call is sent all the same. */
function jsonProblem(text: string | null, contentType: string | null): string | undefined {
  if (!text || !contentType?.includes("json")) return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `This is not valid JSON: ${(error as Error).message}. It is sent as it stands.`;
  }
}

/** The body as text, with its media type; sent byte for byte. */
export function BodyField({ body, values, onChange, error }: BodyFieldProps) {
  const problem = error ?? jsonProblem(values.body, values.contentType);
  const types = body.contentTypes.length > 0 ? body.contentTypes : ["application/json"];
  return (
    <RequestGroup
      title="Body"
      aside={<span className="text-12 text-ink-3">{body.required ? "required" : "optional"}</span>}
      actions={
        types.length > 1 ? (
          <Select
            label="Media type"
            mono
            value={values.contentType ?? types[0] ?? ""}
            onChange={(contentType) => onChange({ ...values, contentType })}
            options={types.map((type) => ({ value: type, label: type }))}
          />
        ) : (
          <code className="text-12 text-ink-3">{types[0]}</code>
        )
      }
    >
      <div data-field="body">
        <TextArea
          mono
          rows={8}
          aria-label="Body"
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? "body-problem" : undefined}
          value={values.body ?? ""}
          onChange={(event) => onChange({ ...values, body: event.target.value === "" ? null : event.target.value })}
        />
      </div>
      {problem && (
        <p id="body-problem" className="text-12 font-medium text-bad">
          {problem}
        </p>
      )}
    </RequestGroup>
  );
}
