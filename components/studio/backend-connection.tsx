"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Field } from "#components/ui/field.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { TextArea } from "#components/ui/text-area.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { formatDate, plural } from "#lib/format.ts";
import type { ShownCertificate } from "./backend-draft.ts";
import type { BackendFormProps } from "./backend-fields.tsx";

const FIELDS = ["clientCertificate", "clientKey", "authorities", "serverName", "connectSeconds", "responseSeconds"];
/** From here on a renewal is due. */
const SOON_DAYS = 30;

/** What is proved on the connection (S28), and how long the gateway waits. */
export function BackendConnection(props: BackendFormProps) {
  const { backend, set, field } = props;
  const { clientCertificate, authorities } = backend.stored;
  const certificates = [...(clientCertificate ? [clientCertificate] : []), ...authorities];
  const next = certificates.sort((a, b) => a.daysLeft - b.daysLeft)[0];
  const wrong = FIELDS.some((name) => field(name).error);
  // Opened anew each time that something inside turns out wrong; it stays as it is while that is mended.
  const [openings, setOpenings] = useState(0);
  const [wasWrong, setWasWrong] = useState(wrong);
  if (wrong !== wasWrong) {
    setWasWrong(wrong);
    if (wrong) setOpenings(openings + 1);
  }
  return (
    <Disclosure
      key={openings}
      open={openings > 0}
      summary="Certificates and time limits"
      aside={next && <Left certificate={next} />}
    >
      <div className="grid gap-4 md:grid-cols-2">
        <ClientCertificate {...props} />
        <Authorities {...props} />
        <Field
          {...field("serverName")}
          label="Server name"
          optional
          hint="Where the backend’s certificate has another name than its address."
          className="md:col-span-2"
        >
          <TextInput
            mono
            placeholder="backend.internal"
            value={backend.serverName}
            onChange={(event) => set({ serverName: event.target.value })}
          />
        </Field>
        <Field {...field("connectSeconds")} label="Connect within" note="seconds">
          <TextInput
            inputMode="decimal"
            value={backend.connectSeconds}
            onChange={(event) => set({ connectSeconds: event.target.value })}
          />
        </Field>
        <Field {...field("responseSeconds")} label="Answer begins within" note="seconds">
          <TextInput
            inputMode="decimal"
            value={backend.responseSeconds}
            onChange={(event) => set({ responseSeconds: event.target.value })}
          />
        </Field>
      </div>
    </Disclosure>
  );
}

function ClientCertificate({ backend, set, field }: BackendFormProps) {
  const { clientCertificate, clientKey, removeClientCertificate, stored } = backend;
  const shown = stored.clientCertificate;
  // Until another one is stored.
  const [replaced, setReplaced] = useState<ShownCertificate | null>(null);
  const replacing = shown !== null && replaced === shown;
  if (shown && !replacing && clientCertificate === "" && clientKey === "")
    return (
      <StoredPem
        {...field("clientCertificate")}
        label="Client certificate"
        certificates={[shown]}
        removed={removeClientCertificate}
        onReplace={() => setReplaced(shown)}
        onRemove={(removed) => set({ removeClientCertificate: removed })}
      />
    );
  const keep = shown ? "Leave both empty to keep the one that is set." : "PEM; with its chain, the own one first.";
  return (
    <>
      <Field {...field("clientCertificate")} label="Client certificate" optional hint={keep} className="md:col-span-2">
        <TextArea
          mono
          autoFocus={replacing}
          placeholder="-----BEGIN CERTIFICATE-----"
          value={clientCertificate}
          onChange={(event) => set({ clientCertificate: event.target.value, removeClientCertificate: false })}
        />
      </Field>
      <Field
        {...field("clientKey")}
        label="Key of the client certificate"
        optional
        hint="PEM without a passphrase. Stored sealed; it is never shown again."
        className="md:col-span-2"
      >
        <TextArea
          mono
          autoComplete="off"
          placeholder="-----BEGIN PRIVATE KEY-----"
          value={clientKey}
          onChange={(event) => set({ clientKey: event.target.value, removeClientCertificate: false })}
        />
      </Field>
    </>
  );
}

function Authorities({ backend, set, field }: BackendFormProps) {
  const { authorities, removeAuthorities, stored } = backend;
  const [replaced, setReplaced] = useState<ShownCertificate[] | null>(null);
  const replacing = replaced === stored.authorities;
  if (stored.authorities.length > 0 && !replacing && authorities === "")
    return (
      <StoredPem
        {...field("authorities")}
        label="Private authority"
        certificates={stored.authorities}
        removed={removeAuthorities}
        onReplace={() => setReplaced(stored.authorities)}
        onRemove={(removed) => set({ removeAuthorities: removed })}
      />
    );
  return (
    <Field
      {...field("authorities")}
      label="Private authority"
      optional
      hint="PEM. The backend’s certificate must then come from it, and from no public authority."
      className="md:col-span-2"
    >
      <TextArea
        mono
        autoFocus={replacing}
        placeholder="-----BEGIN CERTIFICATE-----"
        value={authorities}
        onChange={(event) => set({ authorities: event.target.value, removeAuthorities: false })}
      />
    </Field>
  );
}

interface StoredPemProps {
  name: string;
  error: string | undefined;
  label: string;
  certificates: ShownCertificate[];
  removed: boolean;
  onReplace: () => void;
  onRemove: (removed: boolean) => void;
}

/** What is set, and what can be done with it. */
function StoredPem({ name, error, label, certificates, removed, onReplace, onRemove }: StoredPemProps) {
  const lower = label.toLowerCase();
  return (
    <Field name={name} error={error} label={label} group className="md:col-span-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <ul className="grid min-w-0 flex-[1_1_14rem] gap-1">
          {certificates.map((each) => (
            <li key={each.subject + each.notAfter} className="wrap-anywhere">
              {removed ? (
                <s className="text-ink-3">{each.subject}</s>
              ) : (
                <>
                  <b className="font-semibold">{each.subject}</b>
                  {each.issuer !== each.subject && `, issued by ${each.issuer}`}, until {formatDate(each.notAfter)}{" "}
                  <Left certificate={each} />
                </>
              )}
            </li>
          ))}
        </ul>
        <div className="flex shrink-0 gap-2">
          {removed ? (
            <Button size="sm" aria-label={`Keep the ${lower}`} onClick={() => onRemove(false)}>
              Keep
            </Button>
          ) : (
            <>
              <Button size="sm" aria-label={`Replace the ${lower}`} onClick={onReplace}>
                Replace
              </Button>
              <Button size="sm" aria-label={`Remove the ${lower}`} onClick={() => onRemove(true)}>
                Remove
              </Button>
            </>
          )}
        </div>
      </div>
      {removed && <p className="mt-1 text-12 text-ink-3">Removed when you save.</p>}
    </Field>
  );
}

function Left({ certificate: { daysLeft } }: { certificate: ShownCertificate }) {
  if (daysLeft < 0) return <Tag tone="bad">ended</Tag>;
  return <Tag tone={daysLeft < SOON_DAYS ? "warn" : "ok"}>{plural(daysLeft, "day")} left</Tag>;
}
