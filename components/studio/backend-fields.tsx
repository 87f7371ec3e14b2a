"use client";

import { useId } from "react";
import { Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { PaneSection } from "./pane-section.tsx";
import type { BackendDraft, Backends } from "./use-backends.ts";

/** Where calls go, per catalog, and how the gateway signs in there: not at all, or with a functional ID (S13, S29). */
export function BackendFields({ backends }: { backends: Backends }) {
  return (
    <PaneSection title="Backend" id="backend" note="One address per catalog">
      <ul className="divide-y divide-line">
        {backends.backends.map((backend) => (
          <li key={backend.catalogId} className="grid gap-4 p-4">
            <BackendOf backend={backend} backends={backends} />
          </li>
        ))}
      </ul>
    </PaneSection>
  );
}

function BackendOf({ backend, backends }: { backend: BackendDraft; backends: Backends }) {
  const group = useId();
  const { catalogId, catalogTitle, url, authKind, username, password, hasPassword } = backend;
  const set = (part: Partial<BackendDraft>) => backends.change(catalogId, part);
  const error = (name: string) => backends.errorOf(catalogId, name);
  const field = (name: string) => `backend.${catalogId}.${name}`;
  return (
    <>
      <Field
        name={field("url")}
        label={`${catalogTitle} backend address`}
        hint={url === "" ? `Without one the API cannot be published to ${catalogTitle}.` : undefined}
        error={error("url")}
      >
        <TextInput
          mono
          inputMode="url"
          placeholder="https://weather.example.com"
          value={url}
          onChange={(event) => set({ url: event.target.value })}
        />
      </Field>
      <Field name={`${group}auth`} label="Backend authentication" group>
        <Segmented
          value={authKind}
          onChange={(value) => set({ authKind: value as BackendDraft["authKind"] })}
          choices={[
            { value: "none", label: "None" },
            { value: "basic", label: "Basic" },
          ]}
        />
      </Field>
      {authKind === "basic" && (
        <div className="grid gap-4 md:grid-cols-2">
          <Field name={field("username")} label="Functional ID" error={error("username")}>
            <TextInput mono value={username} onChange={(event) => set({ username: event.target.value })} />
          </Field>
          <Field
            name={field("password")}
            label="Password"
            optional={hasPassword}
            hint={hasPassword ? "Stored sealed. Leave it empty to keep it." : "Stored sealed; it is never shown again."}
            error={error("password")}
          >
            <TextInput
              mono
              type="password"
              autoComplete="new-password"
              value={password}
              placeholder={hasPassword ? "••••••" : undefined}
              onChange={(event) => set({ password: event.target.value })}
            />
          </Field>
        </div>
      )}
      {authKind === "basic" && url.startsWith("http://") && (
        <Note tone="warn" title="The password travels in clear.">
          Use an https address, or a network that only the gateway can reach.
        </Note>
      )}
    </>
  );
}
