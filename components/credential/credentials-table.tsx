"use client";

import { ClientId } from "#components/ui/client-id.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { SecretMask } from "#components/ui/secret-mask.tsx";
import { Status } from "#components/ui/status.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { takeFocus } from "#components/ui/take-focus.ts";
import { environmentTitle, limitWords, whyNot } from "#lib/credential/credential.rules.ts";
import type { CredentialDto } from "#lib/credential/credential.schema.ts";
import { formatDate, formatMoment } from "#lib/format.ts";

export type CredentialDeed = "edit" | "reset" | "revoke";

interface CredentialsTableProps {
  credentials: CredentialDto[];
  mayWrite: boolean;
  /** ID of the credential whose row gets the focus. */
  landing?: string;
  onDeed: (deed: CredentialDeed, credential: CredentialDto) => void;
}

/** One row a credential, active ones first; what a state forbids is said in the menu. */
export function CredentialsTable({ credentials, mayWrite, landing, onDeed }: CredentialsTableProps) {
  const order = { active: 0, expired: 1, revoked: 2 };
  const rows = [...credentials].sort((a, b) => order[a.state] - order[b.state]);
  return (
    <Table label="Credentials">
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Client ID</Th>
          <Th>Secret</Th>
          <Th>Environment</Th>
          <Th>Status</Th>
          <Th>Last used</Th>
          {mayWrite && <Th hidden>Actions</Th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((credential) => (
          <tr key={credential.id}>
            <Td names>
              <b className="wrap-anywhere">{credential.name}</b>
              <span className="block text-12 text-ink-3">
                {credential.description || `Created ${formatDate(credential.createdAt)}`}
              </span>
            </Td>
            <Td>
              <ClientId value={credential.clientId} of={credential.name} />
            </Td>
            <Td label="Secret">{credential.state === "revoked" ? "–" : <SecretMask last4={credential.last4} />}</Td>
            <Td label="Environment">
              <span className="block">
                {environmentTitle[credential.environment]}
                {limitWords(credential) && <span className="block text-12 text-ink-3">{limitWords(credential)}</span>}
              </span>
            </Td>
            <Td label="Status">
              <span className="block">
                <Status state={credential.state} />
                {credential.revokedAt && (
                  <span className="block text-12 text-ink-3">{formatDate(credential.revokedAt)}</span>
                )}
                {credential.expiresAt && credential.state === "active" && (
                  <span className="block text-12 text-ink-3">Ends {formatMoment(credential.expiresAt)}</span>
                )}
              </span>
            </Td>
            <Td label="Last used">{credential.lastUsedAt ? formatMoment(credential.lastUsedAt) : "Never"}</Td>
            {mayWrite && (
              <Td className="w-px">
                <RowMenu credential={credential} lands={credential.id === landing} onDeed={onDeed} />
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

interface RowMenuProps extends Pick<CredentialsTableProps, "onDeed"> {
  credential: CredentialDto;
  lands: boolean;
}

function RowMenu({ credential, lands, onDeed }: RowMenuProps) {
  const now = new Date();
  const reason = (action: "edit" | "resetSecret" | "revoke") => whyNot(action, credential, now) ?? undefined;
  return (
    <Menu
      buttonRef={lands ? takeFocus : undefined}
      label={`Actions for ${credential.name}`}
      entries={[
        { label: "Edit name and limits…", disabledReason: reason("edit"), onAction: () => onDeed("edit", credential) },
        {
          label: "Reset secret…",
          disabledReason: reason("resetSecret"),
          onAction: () => onDeed("reset", credential),
        },
        {
          label: "Revoke…",
          danger: true,
          disabledReason: reason("revoke"),
          onAction: () => onDeed("revoke", credential),
        },
      ]}
    />
  );
}
