"use client";

import { Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import type { BackendFormProps } from "./backend-fields.tsx";

/** What the gateway sends in a header with each call: nothing, a functional ID, a key, or an access token. */
export function BackendSignIn(props: BackendFormProps) {
  const { url, authKind, tokenUrl } = props.backend;
  if (authKind === "none") return null;
  const clear = [url, authKind === "oauth" ? tokenUrl : ""].some((address) => address.startsWith("http://"));
  return (
    <>
      <div className="grid gap-4 md:grid-cols-2">
        {authKind === "basic" && <BasicFields {...props} />}
        {authKind === "header" && <HeaderFields {...props} />}
        {authKind === "oauth" && <OauthFields {...props} />}
      </div>
      {clear && (
        <Note tone="warn" title={`The ${SECRET[authKind].toLowerCase()} travels in clear.`}>
          Use an https address, or a network that only the gateway can reach.
        </Note>
      )}
    </>
  );
}

const SECRET = { basic: "Password", header: "Key", oauth: "Client secret" };

function BasicFields(props: BackendFormProps) {
  const { backend, set, field } = props;
  return (
    <>
      <Field {...field("username")} label="Functional ID">
        <TextInput mono value={backend.username} onChange={(event) => set({ username: event.target.value })} />
      </Field>
      <SecretField {...props} />
    </>
  );
}

function HeaderFields(props: BackendFormProps) {
  const { backend, set, field } = props;
  return (
    <>
      <Field {...field("headerName")} label="Header name">
        <TextInput
          mono
          placeholder="X-API-Key"
          value={backend.headerName}
          onChange={(event) => set({ headerName: event.target.value })}
        />
      </Field>
      <SecretField {...props} />
    </>
  );
}

function OauthFields(props: BackendFormProps) {
  const { backend, set, field } = props;
  return (
    <>
      <Field {...field("tokenUrl")} label="Token address" className="md:col-span-2">
        <TextInput
          mono
          inputMode="url"
          placeholder="https://login.example.com/oauth/token"
          value={backend.tokenUrl}
          onChange={(event) => set({ tokenUrl: event.target.value })}
        />
      </Field>
      <Field {...field("username")} label="Client ID">
        <TextInput mono value={backend.username} onChange={(event) => set({ username: event.target.value })} />
      </Field>
      <SecretField {...props} />
      <Field {...field("tokenScope")} label="Scope" optional hint="Several are separated by spaces.">
        <TextInput mono value={backend.tokenScope} onChange={(event) => set({ tokenScope: event.target.value })} />
      </Field>
      <Field {...field("tokenAuthStyle")} label="Client ID and secret are sent" group>
        <Segmented
          value={backend.tokenAuthStyle}
          onChange={(value) => set({ tokenAuthStyle: value as "basic" | "body" })}
          choices={[
            { value: "basic", label: "As basic auth" },
            { value: "body", label: "In the body" },
          ]}
        />
      </Field>
    </>
  );
}

/** Write-only: what is stored is kept when the field stays empty. */
function SecretField({ backend, set, field }: BackendFormProps) {
  const { authKind, password, stored } = backend;
  const isSet = stored.passwordOf === authKind;
  return (
    <Field
      {...field("password")}
      label={authKind === "none" ? "" : SECRET[authKind]}
      optional={isSet}
      hint={isSet ? "Stored sealed. Leave it empty to keep it." : "Stored sealed; it is never shown again."}
    >
      <TextInput
        mono
        type="password"
        autoComplete="new-password"
        value={password}
        placeholder={isSet ? "••••••" : undefined}
        onChange={(event) => set({ password: event.target.value })}
      />
    </Field>
  );
}
