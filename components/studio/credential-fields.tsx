"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { MissingKey } from "#components/catalog/missing-key.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import type { CredentialNeed } from "#lib/explore/request.rules.ts";
import type { TestPair } from "./test-panel.types.ts";

interface CredentialFieldsProps {
  need: CredentialNeed;
  pair: TestPair;
  /** The sandbox's own values, to compare with and to come back to. */
  test: TestPair | null;
  onChange: (pair: TestPair) => void;
}

/** Client ID and client secret of the call: the sandbox's test values until somebody types over them (S51, S57). */
export function CredentialFields({ need, pair, test, onChange }: CredentialFieldsProps) {
  const [shown, setShown] = useState(false);
  if (need.need === "none")
    return <p className="text-12 text-ink-3">This operation asks for no client ID: it is open to everybody.</p>;
  const mark = (same: boolean) => (test && same ? <Tag>test value</Tag> : undefined);
  const changed = test !== null && (pair.clientId !== test.clientId || pair.secret !== test.secret);
  return (
    <>
      {need.clientId && (
        <Field name="clientId" label="Client ID" aside={mark(pair.clientId === test?.clientId)}>
          <TextInput
            mono
            value={pair.clientId}
            onChange={(event) => onChange({ ...pair, clientId: event.target.value })}
          />
        </Field>
      )}
      {need.clientSecret && (
        <Field
          name="clientSecret"
          label="Client Secret"
          aside={mark(pair.secret !== "" && pair.secret === test?.secret)}
        >
          <div className="relative">
            <TextInput
              mono
              type={shown ? "text" : "password"}
              autoComplete="off"
              className="pe-10"
              value={pair.secret}
              onChange={(event) => onChange({ ...pair, secret: event.target.value })}
            />
            <span className="absolute inset-y-0 end-1 flex items-center">
              <IconButton
                size="sm"
                label={shown ? "Hide the client secret" : "Show the client secret"}
                onClick={() => setShown(!shown)}
              >
                {shown ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
              </IconButton>
            </span>
          </div>
        </Field>
      )}
      {need.clientSecret && test?.missingKeyId && <MissingKey keyId={test.missingKeyId} />}
      {changed && (
        <Button size="sm" className="justify-self-start" onClick={() => test && onChange(test)}>
          Use the test values
        </Button>
      )}
      {!test && <p className="text-12 text-ink-3">Your role does not show the test values. Enter a client ID.</p>}
    </>
  );
}
