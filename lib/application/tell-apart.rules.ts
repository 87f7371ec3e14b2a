import { formatDate } from "#lib/format.ts";
import { comparable } from "#lib/text.schema.ts";

interface Named {
  name: string;
  createdAt: Date;
  /** Its oldest client ID; undefined while it has none. */
  clientId: string | undefined;
}

/**
 * How a list to choose from calls each of several applications: by its name, and where several have one name, by the
 * last four characters of a client ID too ("Storefront …c9a2"), or the day of its making while it has none.
 */
export function labelsOf(applications: Named[]): string[] {
  const key = ({ name }: Named) => comparable(name);
  const counts = new Map<string, number>();
  for (const application of applications) counts.set(key(application), (counts.get(key(application)) ?? 0) + 1);
  return applications.map((application) => {
    const { name, clientId, createdAt } = application;
    if (counts.get(key(application)) === 1) return name;
    return clientId ? `${name} …${clientId.slice(-4)}` : `${name}, ${formatDate(createdAt)}`;
  });
}
