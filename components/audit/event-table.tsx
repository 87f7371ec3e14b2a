import { Table, Td, Th } from "#components/ui/table.tsx";
import { formatMoment } from "#lib/format.ts";

interface AuditEvent {
  id: string;
  actorName: string;
  action: string;
  targetName: string;
  createdAt: Date;
}

/** Who did what to what. */
export function EventTable({ events }: { events: AuditEvent[] }) {
  return (
    <Table label="Audit events">
      <thead>
        <tr>
          <Th>When</Th>
          <Th>Who</Th>
          <Th>What</Th>
          <Th>On</Th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <tr key={event.id}>
            <Td names className="md:whitespace-nowrap">
              {formatMoment(event.createdAt)}
            </Td>
            <Td label="Who">{event.actorName}</Td>
            <Td label="What" mono>
              {event.action}
            </Td>
            <Td label="On">{event.targetName}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
