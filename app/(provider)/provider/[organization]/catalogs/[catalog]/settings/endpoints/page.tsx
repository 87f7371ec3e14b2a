import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { endpointsOnce } from "#app/_server/read-once.ts";
import { MissingKey } from "#components/catalog/missing-key.tsx";
import { ResetTestValues } from "#components/catalog/reset-test-values.tsx";
import { ClientId } from "#components/ui/client-id.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Section } from "#components/ui/section.tsx";
import { Status } from "#components/ui/status.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { TestValue } from "#components/ui/test-value.tsx";
import { TitleBlock } from "#components/ui/title-block.tsx";
import { mayIn } from "#lib/access/authorize.ts";
import type { TestCredentialDto } from "#lib/catalog/read-endpoints.ts";
import { formatMoment, plural } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";
import { resetTestCredentialAction } from "./actions.ts";

type Props = PageProps<"/provider/[organization]/catalogs/[catalog]/settings/endpoints">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const ref = pageParams(await params);
  const { catalog } = await forPage(paths.endpoints(ref), () => endpointsOnce(ref.organization, ref.catalog));
  return { title: `Endpoints of ${catalog.title}` };
}

const address = (label: string, hint: string, value: string) => ({
  label,
  hint,
  value: <code className="text-code">{value}</code>,
  actions: <CopyButton value={value} label={label} />,
});

function TestApplication({
  test,
  catalogId,
  mayReset,
}: {
  test: TestCredentialDto;
  catalogId: string;
  mayReset: boolean;
}) {
  const { rows, more } = test.products;
  const products = [...rows.map((p) => `${p.title} ${p.version}`), ...(more ? ["and others"] : [])].join(", ");
  return (
    <Section
      title="Test application"
      note={<Tag>test value</Tag>}
      actions={mayReset && <ResetTestValues catalogId={catalogId} action={resetTestCredentialAction} />}
    >
      <KeyValue
        rows={[
          {
            label: "Client ID",
            hint: "Filled in on the test panel",
            value: <ClientId value={test.clientId} of="the test application" />,
          },
          {
            label: "Client secret",
            hint: "Opens nothing but this sandbox",
            value:
              test.secret === null ? (
                <MissingKey keyId={test.missingKeyId ?? ""} />
              ) : (
                <TestValue value={test.secret} label="test secret" badge={false} />
              ),
          },
          {
            label: "Subscribed to",
            hint: "Grows with each republish",
            value: products || "Nothing yet. Publish a product here.",
          },
        ]}
      />
      <p className="mt-2 text-12 text-ink-3">
        Secrets of real applications are kept as hashes and cannot be shown here or anywhere.
      </p>
    </Section>
  );
}

export default async function EndpointsPage({ params }: Props) {
  const ref = pageParams(await params);
  const here = paths.endpoints(ref);
  const person = await requirePerson(here);
  const { catalog, gateways, test, ...endpoints } = await forPage(here, () =>
    endpointsOnce(ref.organization, ref.catalog),
  );
  return (
    <>
      <PageHead
        crumbs={[{ label: catalog.title, href: paths.catalogProducts(ref) }, { label: "Settings" }]}
        title="Endpoints"
        lead="Where callers reach this catalog, and the test values that stand for an application."
      />
      <TitleBlock
        facts={[
          {
            label: "Catalog",
            value: (
              <>
                {catalog.title} {catalog.isDefault && <span className="font-normal text-ink-3">cannot be deleted</span>}
              </>
            ),
          },
          { label: "Path prefix", value: endpoints.pathPrefix, mono: true },
          {
            label: "Gateways",
            value: (
              <Status state={gateways.rows.length > 0 ? "active" : "failed"}>
                {gateways.more
                  ? `More than ${plural(gateways.rows.length, "gateway")}`
                  : gateways.rows.length > 0
                    ? plural(gateways.rows.length, "gateway")
                    : "None answers"}
              </Status>
            ),
            grow: true,
          },
        ]}
      />
      <Section title="Addresses">
        <KeyValue
          rows={[
            address("Gateway URL", "Base path and operation follow", endpoints.gatewayUrl),
            address("Portal URL", "What developers open", endpoints.portalUrl),
          ]}
        />
      </Section>
      {test && (
        <TestApplication
          test={test}
          catalogId={catalog.id}
          mayReset={mayIn(person, "catalog:manage", catalog.organizationId)}
        />
      )}
      <Section title="Gateways">
        {gateways.rows.length === 0 ? (
          <EmptyState title="No gateway has been heard of for five seconds">
            Calls are refused until one runs. Start it with <code>npm start</code>, and look at its log.
          </EmptyState>
        ) : (
          <Table label="Gateways">
            <thead>
              <tr>
                <Th>Address</Th>
                <Th>Running since</Th>
                <Th>State</Th>
              </tr>
            </thead>
            <tbody>
              {gateways.rows.map((gateway) => (
                <tr key={gateway.address + gateway.startedAt.toISOString()}>
                  <Td names mono>
                    {gateway.address}
                  </Td>
                  <Td label="Running since">{formatMoment(gateway.startedAt)}</Td>
                  <Td label="State">
                    <Status state="active">Answers</Status>
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
        {gateways.more && (
          <p className="mt-2 text-12 text-ink-3">
            The {gateways.rows.length} that have run longest. Whoever runs the installation sees all of them.
          </p>
        )}
      </Section>
    </>
  );
}
