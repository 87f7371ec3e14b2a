import { PageHead } from "#components/ui/page-head.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { type Fact, TitleBlock } from "#components/ui/title-block.tsx";
import { paths } from "#lib/paths.ts";

interface InstallationHeadProps {
  title: string;
  lead: string;
  facts?: Fact[];
}

/** The head of the administrators' pages, with the way to the others. */
export function InstallationHead({ title, lead, facts }: InstallationHeadProps) {
  return (
    <>
      <PageHead crumbs={[{ label: "Installation" }]} title={title} lead={lead} />
      {facts && <TitleBlock facts={facts} />}
      <Tabs
        label="Sections of the installation"
        tabs={[
          { label: "Gateways", href: paths.gateways() },
          { label: "Audit log", href: paths.installationAudit() },
        ]}
      />
    </>
  );
}
