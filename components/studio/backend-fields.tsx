"use client";

import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { BackendConnection } from "./backend-connection.tsx";
import type { BackendDraft } from "./backend-draft.ts";
import { BackendSignIn } from "./backend-sign-in.tsx";
import { PaneSection } from "./pane-section.tsx";
import type { Backends } from "./use-backends.ts";

/** What the parts of one backend's form share. */
export interface BackendFormProps {
  backend: BackendDraft;
  set: (part: Partial<BackendDraft>) => void;
  /** Name of a field in the form, and what is wrong with it. */
  field: (name: string) => { name: string; error: string | undefined };
}

/** Where calls go, per catalog, and how the gateway signs in there (S13, S28-S31). */
export function BackendFields({ backends }: { backends: Backends }) {
  return (
    <PaneSection title="Backend" id="backend" note="One address per catalog">
      <ul className="divide-y divide-line">
        {backends.backends.map((backend) => (
          <li key={backend.catalogId}>
            <fieldset aria-label={`${backend.catalogTitle} backend`} className="grid gap-4 p-4">
              <BackendOf
                backend={backend}
                set={(part) => backends.change(backend.catalogId, part)}
                field={(name) => ({
                  name: `backend.${backend.catalogId}.${name}`,
                  error: backends.errorOf(backend.catalogId, name),
                })}
              />
            </fieldset>
          </li>
        ))}
      </ul>
    </PaneSection>
  );
}

const KINDS = [
  { value: "none", label: "None" },
  { value: "basic", label: "Basic" },
  { value: "header", label: "Header key" },
  { value: "oauth", label: "OAuth" },
];

function BackendOf(props: BackendFormProps) {
  const { backend, set, field } = props;
  const { catalogTitle, url, authKind, proof } = backend;
  return (
    <>
      <Field
        {...field("url")}
        label={`${catalogTitle} backend address`}
        hint={url === "" ? `Without one the API cannot be published to ${catalogTitle}.` : undefined}
      >
        <TextInput
          mono
          inputMode="url"
          placeholder="https://weather.example.com"
          value={url}
          onChange={(event) => set({ url: event.target.value })}
        />
      </Field>
      <Field {...field("authKind")} label="Backend authentication" group>
        <Segmented
          value={authKind}
          // A secret that was typed for one kind is none of another.
          onChange={(value) => set({ authKind: value as BackendDraft["authKind"], password: "" })}
          choices={KINDS}
        />
      </Field>
      <BackendSignIn {...props} />
      <BackendConnection {...props} />
      <Checkbox
        name={field("proof").name}
        checked={proof}
        onChange={(event) => set({ proof: event.target.checked })}
        hint="The X-Gateway-Proof header: a signed JWT with application, plan and request ID. The backend verifies it with the keys at /.well-known/jwks.json of the gateway."
      >
        Send a proof with each call
      </Checkbox>
    </>
  );
}
