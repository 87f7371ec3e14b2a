"use client";

import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { TextArea } from "#components/ui/text-area.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { textOf } from "#components/ui/use-action-form.ts";
import { environmentTitle } from "#lib/credential/credential.rules.ts";
import type { Environment } from "#lib/credential/credential.schema.ts";

const both: Environment[] = ["sandbox", "production"];

/** Where a credential will work. It cannot be changed later: an ID is registered in one environment only. */
export function EnvironmentField({ defaultValue }: { defaultValue: Environment }) {
  return (
    <Field
      label="Environment"
      name="environment"
      group
      hint="Sandbox is for trying things out, Production for real traffic. In catalogs of the other kind it is refused, as if it did not exist; to call in both, create one for each."
    >
      <Segmented
        defaultValue={defaultValue}
        choices={both.map((value) => ({ value, label: environmentTitle[value] }))}
      />
    </Field>
  );
}

interface LimitFieldsProps {
  /** APIs that the application is subscribed to. */
  apis: readonly ScopeChoice[];
  initial?: { networks: string[]; scope: string[] };
  errorOf: (field: string) => string | undefined;
}

export interface ScopeChoice {
  id: string;
  title: string;
}

/** What a credential is narrowed to: where it works from and what it may call (G31). */
export function LimitFields({ apis, initial, errorOf }: LimitFieldsProps) {
  return (
    <>
      <Field
        label="Networks"
        name="networks"
        optional
        error={errorOf("networks")}
        hint="Addresses that it works from, one a line: 192.0.2.7 or 192.0.2.0/24. Empty: any address."
      >
        <TextArea mono rows={2} defaultValue={initial?.networks.join("\n")} />
      </Field>
      {apis.length > 0 && (
        <Field
          label="APIs"
          name="scope"
          optional
          group
          error={errorOf("scope")}
          hint="Tick those that it may call. None: all that the application is subscribed to."
        >
          <fieldset aria-label="APIs">
            {apis.map(({ id, title }) => (
              <Checkbox key={id} value={id} defaultChecked={initial?.scope.includes(id)}>
                {title}
              </Checkbox>
            ))}
          </fieldset>
        </Field>
      )}
    </>
  );
}

/** What was entered in LimitFields. An API that is no longer offered stays, since there is no box to untick it. */
export const limitsOf = (form: FormData, apis: readonly ScopeChoice[], held: readonly string[] = []) => ({
  networks: textOf(form, "networks")
    .split(/[\s,]+/)
    .filter((entry) => entry !== ""),
  scope: [
    ...held.filter((id) => !apis.some((api) => api.id === id)),
    ...form.getAll("scope").filter((entry) => typeof entry === "string"),
  ],
});

interface NameFieldsProps {
  initial?: { name: string; description: string };
  errorOf: (field: string) => string | undefined;
  placeholder?: string;
}

/** Name and description of a credential (S122). */
export function NameFields({ initial, errorOf, placeholder }: NameFieldsProps) {
  return (
    <>
      <Field label="Name" name="name" error={errorOf("name")} hint="Where it is used: checkout-web, nightly-report.">
        <TextInput defaultValue={initial?.name} placeholder={placeholder} maxLength={60} autoFocus />
      </Field>
      <Field label="Description" name="description" optional error={errorOf("description")}>
        <TextInput defaultValue={initial?.description} maxLength={300} />
      </Field>
    </>
  );
}
