import type { StatusShape } from "#components/ui/status.shapes.ts";
import { Status } from "#components/ui/status.tsx";
import { NoRows, Table, Td, Th } from "#components/ui/table.tsx";
import { formatMoment, plural } from "#lib/format.ts";
import { BEHIND_MAX, type GatewayDto } from "#lib/gateway-feed/gateway.schema.ts";
import { POSTGRES_STORE, REDIS_AWAY } from "#lib/gateway-feed/limit-store.rules.ts";
import { DismissGateway, type DismissGatewayProps } from "./dismiss-gateway.tsx";

/** Whether calls pass through it: one that is silent may have ended, and somebody must look. */
const shapes: Record<GatewayDto["state"], StatusShape> = { answers: "passes", draining: "changing", silent: "broken" };
const words: Record<GatewayDto["state"], string> = { answers: "Answers", draining: "Draining", silent: "Silent" };

function seenWords({ behind, seenAt }: GatewayDto): string {
  if (behind === 0) return "All changes";
  const last = seenAt ? `, last one of ${formatMoment(seenAt)}` : "";
  return `${behind >= BEHIND_MAX ? `${plural(BEHIND_MAX, "change")} or more` : plural(behind, "change")} behind${last}`;
}

function storeWords(store: string | null): string {
  if (store === null) return "Not told";
  if (store === POSTGRES_STORE) return "PostgreSQL";
  return store === REDIS_AWAY ? "Redis, which is away" : `Redis ${store.slice("redis ".length)}`;
}

interface GatewayTableProps {
  gateways: GatewayDto[];
  dismiss: DismissGatewayProps["action"];
}

/** The gateway processes of the installation; one that is silent can be dismissed. */
export function GatewayTable({ gateways, dismiss }: GatewayTableProps) {
  return (
    <Table label="Gateways">
      <thead>
        <tr>
          <Th>Address</Th>
          <Th>State</Th>
          <Th>Last heartbeat</Th>
          <Th>Has seen</Th>
          <Th>Counts limits in</Th>
          <Th>Running since</Th>
          <Th>Version</Th>
          <Th hidden>Actions</Th>
        </tr>
      </thead>
      <tbody>
        {gateways.length === 0 && <NoRows columns={8}>No gateway here now.</NoRows>}
        {gateways.map((gateway) => (
          <tr key={gateway.id}>
            <Td names mono className="wrap-anywhere">
              {gateway.address}
            </Td>
            <Td label="State">
              <Status state={gateway.state} shape={shapes[gateway.state]}>
                {words[gateway.state]}
              </Status>
            </Td>
            <Td label="Last heartbeat">
              {gateway.state === "silent" ? formatMoment(gateway.heartbeatAt) : "Within five seconds"}
            </Td>
            <Td label="Has seen">{seenWords(gateway)}</Td>
            <Td label="Counts limits in">{storeWords(gateway.limitStore)}</Td>
            <Td label="Running since">{formatMoment(gateway.startedAt)}</Td>
            <Td label="Version" mono>
              {gateway.version ?? "Not told"}
            </Td>
            <Td>{gateway.state === "silent" && <DismissGateway gateway={gateway} action={dismiss} />}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
