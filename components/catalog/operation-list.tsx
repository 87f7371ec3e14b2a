import Link from "next/link";
import { Method } from "#components/ui/method.tsx";
import { Sheet } from "#components/ui/table.tsx";

export interface OperationEntry {
  key: string;
  method: string;
  path: string;
  summary: string;
  href: string;
}

/** Operations of an API, each a link to where it can be called. */
export function OperationList({ operations }: { operations: OperationEntry[] }) {
  return (
    <Sheet>
      <ul aria-label="Operations">
        {operations.map((operation) => (
          <li
            key={operation.key}
            className="relative grid grid-cols-[3.5rem_minmax(0,1fr)] items-baseline gap-x-2 border-b border-line px-4 py-2.5 last:border-0 hover:bg-hover md:grid-cols-[3.5rem_minmax(0,15rem)_minmax(0,1fr)]"
          >
            <Method method={operation.method} />
            <Link href={operation.href} className="font-mono text-code wrap-anywhere after:absolute after:inset-0">
              {operation.path}
            </Link>
            <span className="text-ink-2 max-md:col-start-2">{operation.summary}</span>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
