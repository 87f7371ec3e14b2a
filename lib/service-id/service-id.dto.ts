import { credentialSelect, toCredentialDto } from "#lib/credential/credential.dto.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import type { ServiceIdDto } from "./service-id.schema.ts";

/** What is read of a service ID: of its keys the last four characters, never a record of one. */
export const serviceIdSelect = {
  id: true,
  name: true,
  description: true,
  createdAt: true,
  apis: { select: { apiDefinitionId: true } },
  keys: { select: credentialSelect, orderBy: [{ createdAt: "asc" }, { id: "asc" }] },
} as const satisfies Prisma.ServiceIdSelect;

type Row = Prisma.ServiceIdGetPayload<{ select: typeof serviceIdSelect }>;

/** `titles`: what each API is called where it is published, by the ID of its definition. */
export function toServiceIdDto({ apis, keys, ...rest }: Row, titles: Map<string, string>, now: Date): ServiceIdDto {
  return {
    ...rest,
    apis: apis
      .map(({ apiDefinitionId: id }) => ({ id, title: titles.get(id) ?? "An API that is not published any more" }))
      .sort((a, b) => a.title.localeCompare(b.title, "en")),
    keys: keys.map((key) => {
      // Its client ID, networks and scope are not its own: they follow from the key and the policy.
      const { clientId: _, networks: _networks, scope: _scope, ...dto } = toCredentialDto(key, now);
      return dto;
    }),
  };
}
