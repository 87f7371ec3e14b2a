"use client";

import { Blocks, KeyRound, Play, Server } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import type { AssemblyOutline, OutlineBranch } from "#lib/assembly/outline.schema.ts";
import type { BackendAuthKind } from "#lib/backend/backend.schema.ts";
import { paths } from "#lib/paths.ts";
import { Branches, PolicyBody, PolicyTitle } from "./assembly-outline.tsx";
import { type LiveCopy, NotLiveLine } from "./not-live-line.tsx";
import { OldFormNote } from "./old-form-note.tsx";
import { StudioBar } from "./studio-bar.tsx";
import { TestPanel, type TestPanelProps } from "./test-panel.tsx";

interface AssembleStudioProps extends Omit<TestPanelProps, "onClose"> {
  organization: string;
  api: { id: string; title: string; version: string; basePath: string };
  copies: LiveCopy[];
  /** Alternatives of scheme names (S44). */
  security: string[][];
  enforced: boolean;
  /** What the assembly does, where there is one. */
  assembly: AssemblyOutline;
  backends: { catalogTitle: string; url: string | null; authKind: BackendAuthKind }[];
  /** Open the panel at once. */
  testing: boolean;
}

const SIGNS_IN: Record<BackendAuthKind, string> = {
  none: "",
  basic: ", with the functional ID",
  header: ", with a key in a header",
  oauth: ", with an access token",
};

/** The Assemble tab: the steps of a call as the gateway makes them, and the test panel (S46). */
export function AssembleStudio(props: AssembleStudioProps) {
  const { organization, api, copies, security, enforced, assembly, backends, testing, ...panel } = props;
  const [test, setTest] = useState(testing);
  const hrefOf = (line: number) => `${paths.draftApi(organization, api.id)}?view=both&line=${line}`;
  // With a catch or a finally alone there is an assembly too.
  const plain = assembly.execute.length + assembly.catches.length + assembly.finally.length === 0;
  return (
    <>
      <StudioBar
        organization={organization}
        api={api}
        current="assemble"
        deeds={
          <Button
            variant={test ? "line" : "primary"}
            icon={<Play aria-hidden="true" />}
            aria-expanded={test}
            onClick={() => setTest(!test)}
          >
            Test
          </Button>
        }
      />
      <NotLiveLine
        copies={copies}
        changedAt={panel.changedAt}
        className="shrink-0 border-b border-line bg-canvas px-5 py-1.5 text-12 text-ink-2 max-md:px-4"
      />
      <OldFormNote copies={copies} className="shrink-0 border-b border-line bg-surface p-3" />
      <div className="flex min-h-0 flex-1 max-lg:flex-col">
        <section aria-label="Assembly" className="min-w-0 flex-1 overflow-auto p-6 max-md:p-4">
          <h2 className="text-17 font-semibold">What the gateway does with a call</h2>
          <p className="mt-0.5 max-w-[62ch] text-ink-2">
            In this order. A call that fails a step never reaches the next one.
          </p>
          <ol className="mt-4 grid max-w-[42rem] gap-0">
            <Step icon={<KeyRound aria-hidden="true" />} title="Check the caller">
              {checkWords(security, enforced)} The plan’s rate limit is counted here too.
            </Step>
            {assembly.execute.map((policy, index) => (
              <Step
                // biome-ignore lint/suspicious/noArrayIndexKey: two policies may be alike, and the list does not change
                key={index}
                icon={<Blocks aria-hidden="true" />}
                title={<PolicyTitle policy={policy} hrefOf={hrefOf} />}
              >
                <PolicyBody policy={policy} hrefOf={hrefOf} />
              </Step>
            ))}
            <Step
              icon={<Server aria-hidden="true" />}
              title={plain ? "Invoke the backend" : "What invoke calls as $(target-url)"}
              last
            >
              <ul>
                {backends.map((backend) => (
                  <li key={backend.catalogTitle} className="wrap-anywhere">
                    {backend.catalogTitle}:{" "}
                    {backend.url ? <code>{backend.url}</code> : <span className="text-warn">no address yet</span>}
                    {SIGNS_IN[backend.authKind]}
                  </li>
                ))}
              </ul>
              The client ID and the client secret are taken off before
              {plain ? "." : ", unless a policy sets them for it."}
            </Step>
          </ol>
          <Aside title="When a policy ends with an error" branches={assembly.catches} hrefOf={hrefOf} />
          <Aside
            title="In every case, at the end"
            branches={assembly.finally.length === 0 ? [] : [{ label: "", when: "", policies: assembly.finally }]}
            hrefOf={hrefOf}
          />
        </section>
        {test && <TestPanel {...panel} onClose={() => setTest(false)} />}
      </div>
    </>
  );
}

/** What the first step asks of a call: "A call must carry clientId and clientSecret." */
function checkWords(security: string[][], enforced: boolean): string {
  if (!enforced) return "Another gateway enforces this API; ours lets calls pass.";
  const options = security.filter((names) => names.length > 0).map((names) => names.join(" and "));
  if (options.length === 0) return "No security option: calls pass without a key.";
  return `A call must carry ${options.join(", or ")}.`;
}

interface AsideProps {
  title: string;
  branches: OutlineBranch[];
  hrefOf: (line: number) => string;
}

/** What runs beside the order above. */
function Aside({ title, branches, hrefOf }: AsideProps) {
  if (branches.length === 0) return null;
  return (
    <div className="mt-4 max-w-[42rem]">
      <h2 className="text-15 font-semibold">{title}</h2>
      <Branches branches={branches} hrefOf={hrefOf} />
    </div>
  );
}

interface StepProps {
  icon: React.ReactNode;
  title: React.ReactNode;
  last?: boolean;
  children: React.ReactNode;
}

function Step({ icon, title, last, children }: StepProps) {
  return (
    <li className="grid grid-cols-[2rem_minmax(0,1fr)] gap-x-3">
      <span className="flex flex-col items-center">
        <span className="grid size-8 place-items-center rounded-1 border-[1.5px] border-line-strong bg-surface text-ink-2 [&_svg]:size-4">
          {icon}
        </span>
        {!last && <span aria-hidden="true" className="w-px flex-1 bg-line-strong" />}
      </span>
      <div className="pb-6">
        <h3 className="pt-1.5">{title}</h3>
        <div className="text-ink-2">{children}</div>
      </div>
    </li>
  );
}
