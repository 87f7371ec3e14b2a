import type { Metadata } from "next";
import Link from "next/link";
import { z } from "zod";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { GatewayTable } from "#components/installation/gateway-table.tsx";
import { InstallationHead } from "#components/installation/installation-head.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Note } from "#components/ui/note.tsx";
import { CursorPager } from "#components/ui/pager.tsx";
import { mixtures } from "#lib/gateway-feed/limit-store.rules.ts";
import { listGateways } from "#lib/gateway-feed/list-gateways.ts";
import { pageInput } from "#lib/page.ts";
import { paths } from "#lib/paths.ts";
import { dismissGatewayAction } from "./actions.ts";

export const metadata: Metadata = { title: "Gateways" };

const query = pageInput.extend({ show: z.literal("silent").optional().catch(undefined) });

export default async function GatewaysPage({ searchParams }: PageProps<"/installation/gateways">) {
  const { after, show } = query.parse(await searchParams);
  const silentOnly = show === "silent";
  const here = paths.gateways();
  const person = await requirePerson(here);
  const gateways = await forPage(here, () => listGateways(person, { after, silentOnly }));
  const { total, silent } = gateways;
  return (
    <>
      <InstallationHead
        title="Gateways"
        lead="Every process that serves calls, when it was last heard of, and which changes it has confirmed."
        facts={[
          {
            label: "Gateways",
            value: silentOnly ? <Link href={here} className="link">{`Show all ${total}`}</Link> : total,
          },
          { label: "Answering", value: total - silent },
          {
            label: "Silent",
            value:
              silent > 0 && !silentOnly ? (
                <Link href={paths.silentGateways()} className="link">{`Show ${silent}`}</Link>
              ) : (
                silent
              ),
            grow: true,
          },
        ]}
      />
      {gateways.mixture && (
        <Note tone="warn" className="mt-4" title="Limits are counted in different places.">
          {mixtures[gateways.mixture]}
        </Note>
      )}
      <div className="mt-4">
        {total === 0 ? (
          <EmptyState title="No gateway has entered itself">
            Calls are refused until one runs. Start it with <code>npm start</code> or <code>npm run gateway</code>, and
            look at its log.
          </EmptyState>
        ) : (
          <GatewayTable gateways={gateways.rows} dismiss={dismissGatewayAction} />
        )}
        <CursorPager
          label="gateways"
          here={here}
          keep={silentOnly ? { show: "silent" } : {}}
          after={after}
          next={gateways.next}
        />
      </div>
    </>
  );
}
