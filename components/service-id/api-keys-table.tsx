import { Menu } from "#components/ui/menu.tsx";
import { SecretMask } from "#components/ui/secret-mask.tsx";
import { Status } from "#components/ui/status.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { takeFocus } from "#components/ui/take-focus.ts";
import { environmentTitle, whyNot } from "#lib/credential/credential.rules.ts";
import { formatDate, formatMoment } from "#lib/format.ts";
import type { ApiKeyDto } from "#lib/service-id/service-id.schema.ts";

interface ApiKeysTableProps {
  /** Of the service ID. */
  name: string;
  keys: ApiKeyDto[];
  mayWrite: boolean;
  /** ID of the key whose row gets the focus. */
  landing: string | undefined;
  onRevoke: (key: ApiKeyDto) => void;
}

/** One row a key, active ones first, with its age: the sign for a rotation (S127). */
export function ApiKeysTable({ name, keys, mayWrite, landing, onRevoke }: ApiKeysTableProps) {
  const order = { active: 0, expired: 1, revoked: 2 };
  const rows = [...keys].sort((a, b) => order[a.state] - order[b.state]);
  return (
    <Table label={`API keys of ${name}`}>
      <thead>
        <tr>
          <Th>Key</Th>
          <Th>Ends in</Th>
          <Th>Environment</Th>
          <Th>Status</Th>
          <Th>Created</Th>
          <Th>Last used</Th>
          {mayWrite && <Th hidden>Actions</Th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((key) => (
          <tr key={key.id}>
            <Td names>
              <b className="wrap-anywhere">{key.name}</b>
              {key.description && <span className="block text-12 text-ink-3">{key.description}</span>}
            </Td>
            <Td label="Ends in">{key.state === "revoked" ? "–" : <SecretMask last4={key.last4} />}</Td>
            <Td label="Environment">{environmentTitle[key.environment]}</Td>
            <Td label="Status">
              <span className="block">
                <Status state={key.state} />
                {key.revokedAt && <span className="block text-12 text-ink-3">{formatDate(key.revokedAt)}</span>}
              </span>
            </Td>
            <Td label="Created">{formatDate(key.createdAt)}</Td>
            <Td label="Last used">{key.lastUsedAt ? formatMoment(key.lastUsedAt) : "Never"}</Td>
            {mayWrite && (
              <Td className="w-px">
                <Menu
                  buttonRef={key.id === landing ? takeFocus : undefined}
                  label={`Actions for the key ${key.name}`}
                  entries={[
                    {
                      label: "Revoke…",
                      danger: true,
                      disabledReason: whyNot("revoke", key, new Date()) ?? undefined,
                      onAction: () => onRevoke(key),
                    },
                  ]}
                />
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
