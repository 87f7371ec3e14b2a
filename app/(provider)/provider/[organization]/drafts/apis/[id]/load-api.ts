import "server-only";
import { cache } from "react";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { readApiDefinition } from "#lib/api-definition/read-api-definition.ts";

/** A draft for the page at `here` and for its title, read once a request. */
export const loadApi = cache(async (here: string, id: string) => {
  const person = await requirePerson(here);
  const view = await forPage(here, () => readApiDefinition(person, id));
  return { person, ...view };
});

/** "Design of Weather 1.0.0": several drafts stand open in as many tabs. */
export async function titleOf(part: string, here: string, id: string): Promise<{ title: string }> {
  const { api } = await loadApi(here, id);
  return { title: `${part} of ${api.title} ${api.version}` };
}
