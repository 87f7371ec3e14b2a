"use client";

import type { ReactNode } from "react";
import type { SliceParameter } from "#lib/api-definition/compiled.ts";
import type { CallValues } from "#lib/explore/explore.schema.ts";
import type { ExploreOperation } from "#lib/explore/explore-view.schema.ts";
import { fillable, type MissingValue, typedFor, withValue } from "#lib/explore/request.rules.ts";
import { BodyField } from "./body-field.tsx";
import { CallerSection } from "./caller-section.tsx";
import { ParameterField } from "./parameter-field.tsx";
import { RequestGroup } from "./request-group.tsx";

const places: { in: SliceParameter["in"]; title: string }[] = [
  { in: "path", title: "Path" },
  { in: "query", title: "Query" },
  { in: "header", title: "Headers" },
  { in: "cookie", title: "Cookies" },
];

interface RequestFormProps {
  operation: ExploreOperation;
  /** The publisher's description, rendered on the server. */
  about: ReactNode;
  values: CallValues;
  onChange: (values: CallValues) => void;
  errors: { field: string; message: string }[];
  /** Required values that Send found empty. */
  missing: MissingValue[];
  /** Send found no access token. */
  tokenProblem: string | undefined;
  onSendAnyway: () => void;
}

/** Who calls, then the parameters by place, then the body (S62). */
export function RequestForm(props: RequestFormProps) {
  const { operation, about, values, onChange, errors, missing, tokenProblem, onSendAnyway } = props;
  const { method, need, path, slice, summary } = operation;
  const parameters = fillable(slice, need);
  /** What is wrong with a field; the first empty one has the way past it, unless it is part of the path. */
  const errorOf = (field: string): ReactNode => {
    const [first] = missing;
    if (!missing.some((m) => m.field === field)) return errors.find((e) => e.field === field)?.message;
    if (field !== first?.field) return "Required.";
    if (!first.mayBeLeftOut) return "Required: it is part of the path.";
    return (
      <>
        Required, so nothing was sent.{" "}
        <button type="button" className="link" onClick={onSendAnyway}>
          Send anyway
        </button>
      </>
    );
  };
  return (
    <div className="px-5 pb-5 max-md:px-4">
      <div className="pt-4">
        <h2 className="text-15 font-650 wrap-anywhere">{summary || `${method} ${path}`}</h2>
        {about}
      </div>
      <CallerSection need={need} tokenProblem={tokenProblem} />
      {places.map((place) => {
        const here = parameters.filter((p) => p.in === place.in);
        return (
          here.length > 0 && (
            <RequestGroup key={place.in} title={place.title}>
              {here.map((p) => (
                <ParameterField
                  key={p.name}
                  parameter={p}
                  value={typedFor(values, p)}
                  field={`${p.in}.${p.name}`}
                  error={errorOf(`${p.in}.${p.name}`)}
                  onChange={(value) => onChange(withValue(values, p, value))}
                />
              ))}
            </RequestGroup>
          )
        );
      })}
      {slice.body && <BodyField body={slice.body} values={values} onChange={onChange} error={errorOf("body")} />}
    </div>
  );
}
