import { pageParams } from "#app/_server/params.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { paths } from "#lib/paths.ts";

export default async function DraftsLayout({ children, params }: LayoutProps<"/provider/[organization]/drafts">) {
  const { organization } = pageParams(await params);
  return (
    <>
      <PageHead title="Drafts" lead="What you work on. Nothing here is live until you publish it." />
      <Tabs
        label="Kinds of drafts"
        tabs={[
          { href: paths.draftApis(organization), label: "APIs" },
          { href: paths.draftProducts(organization), label: "Products" },
        ]}
      />
      <div className="mt-4">{children}</div>
    </>
  );
}
