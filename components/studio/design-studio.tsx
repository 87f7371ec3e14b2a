"use client";

import { Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { type CatalogChoice, PublishButton } from "#components/product/publish-button.tsx";
import { useLeaveGuard } from "#components/product/use-leave-guard.ts";
import { useSaveKey } from "#components/product/use-save-key.ts";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Note } from "#components/ui/note.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import type { Finding, OutlineOperation } from "#lib/api-definition/compiled.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { paths } from "#lib/paths.ts";
import type { BackendDraft } from "./backend-draft.ts";
import { BackendFields } from "./backend-fields.tsx";
import { ConflictNote } from "./conflict-note.tsx";
import { DeleteApi } from "./delete-api.tsx";
import { FindingList, findingWords } from "./finding-list.tsx";
import { GeneralFields } from "./general-fields.tsx";
import { locatePart, pointerKeys } from "./locate-part.ts";
import { type LiveCopy, NotLiveLine } from "./not-live-line.tsx";
import { OldFormNote } from "./old-form-note.tsx";
import { OperationList } from "./operation-list.tsx";
import { SchemeList } from "./scheme-list.tsx";
import { SecurityOptions } from "./security-options.tsx";
import { SourcePane } from "./source-pane.tsx";
import { StudioBar } from "./studio-bar.tsx";
import { type SaveBackend, useBackends } from "./use-backends.ts";
import { type DesignInput, useDesign } from "./use-design.ts";
import { useView } from "./use-view.ts";

export interface DesignStudioProps extends DesignInput {
  organization: string;
  api: { id: string; title: string; version: string; name: string };
  /** "http://gateway/acme/sandbox": what the base path is appended to. */
  address: string;
  formatWords: string;
  sourceBytes: number;
  operations: OutlineOperation[];
  backends: BackendDraft[];
  copies: LiveCopy[];
  catalogs: CatalogChoice[];
  /** A line to show first, from a link of the import report. */
  line: number | null;
  view: string;
  readOnly: boolean;
  saveBackend: SaveBackend;
  remove?: () => Promise<ActionAnswer<unknown>>;
  publish?: (catalogId: string) => Promise<ActionAnswer<{ live: LiveState }>>;
}

/** The Design tab: form and source side by side, one truth, saved explicitly. */
export function DesignStudio(props: DesignStudioProps) {
  const { organization, api, operations, copies, catalogs, readOnly, publish } = props;
  const router = useRouter();
  const here = paths.draftApi(organization, api.id);
  const design = useDesign(props, here);
  const backends = useBackends(api.id, props.backends, props.saveBackend);
  const [view, setView] = useView(props.view);
  const [open, setOpen] = useState<string | null>(null);
  const [reveal, setReveal] = useState(props.line ? { line: props.line, column: 1 } : null);
  const [saving, setSaving] = useState(false);
  const dirty = design.dirty || backends.dirty;
  useLeaveGuard(dirty);

  const save = async () => {
    if (saving || readOnly || !dirty) return;
    setSaving(true);
    const done = (!design.dirty || (await design.save())) && (!backends.dirty || (await backends.save()));
    setSaving(false);
    if (done) router.refresh();
  };
  useSaveKey(() => void save());

  const showLine = (line: number, column = 1) => {
    if (view === "form") setView("both");
    setReveal({ line, column });
  };
  const showFinding = (finding: Finding) => showLine(finding.line, finding.column);
  const showOperation = (operation: OutlineOperation) => {
    const keys = ["paths", operation.path, operation.method.toLowerCase()];
    const at = design.source === null ? null : locatePart(design.source, keys);
    if (at) showLine(at.from);
    else if (view === "form") setView("both");
  };
  const opened = design.form.schemes.find((s) => s.key === open);
  const pointer = design.server.schemes.find((s) => s.name === opened?.known)?.pointer;
  const part = pointer && design.source !== null ? locatePart(design.source, pointerKeys(pointer)) : null;
  const sections = { design, onFix: (finding: Finding) => void design.fix(finding), onShow: showFinding };
  const errors = design.findings.filter((f) => f.severity === "error").length;
  const blocked = dirty
    ? "Save your changes first"
    : errors > 0
      ? `Fix ${errors} ${errors === 1 ? "error" : "errors"} first`
      : undefined;

  return (
    <>
      <StudioBar
        organization={organization}
        api={{ ...api, title: design.form.title || api.title }}
        current="design"
        deeds={
          <>
            {publish && (
              <PublishButton
                name={api.title}
                catalogs={catalogs}
                publish={publish}
                disabledReason={blocked}
                onPublished={() => router.refresh()}
              />
            )}
            {!readOnly && (
              <Button
                variant="primary"
                busy={saving}
                disabled={!dirty}
                aria-keyshortcuts="Control+S Meta+S"
                onClick={() => void save()}
              >
                Save
              </Button>
            )}
          </>
        }
      >
        {/* Where narrow, the line below and the Save button say the same. */}
        <span role="status" className="text-12 text-ink-3 max-md:sr-only">
          {design.saving || saving ? "Saving" : dirty ? "Not saved yet" : "Saved"}
        </span>
        <Segmented label="Panes" name="view" value={view} onChange={setView} choices={paneChoices(view)} />
        {/* Where narrow, the tab Assemble has it. */}
        <LinkButton
          href={`${paths.assemble(organization, api.id)}?test`}
          icon={<Play aria-hidden="true" />}
          className="max-md:hidden"
        >
          Test
        </LinkButton>
        {props.remove && (
          <DeleteApi organization={organization} title={api.title} copies={copies} remove={props.remove} />
        )}
      </StudioBar>
      <NotLiveLine
        copies={copies.map((copy) => ({
          ...copy,
          current: copy.current && design.saved.version === props.sourceVersion,
        }))}
        dirty={dirty}
        changedAt={design.saved.at}
        className="shrink-0 border-b border-line bg-canvas px-5 py-1.5 text-12 text-ink-2 max-md:px-4"
      />
      <OldFormNote copies={copies} className="shrink-0 border-b border-line bg-surface p-3" />
      {design.conflict && (
        <ConflictNote message={design.conflict} source={design.source} onReload={() => window.location.reload()} />
      )}
      {design.unreadable && view !== "source" && (
        <div role="alert" className="shrink-0 border-b border-line bg-surface p-3">
          <Note
            tone="bad"
            title="The source cannot be read, so the form waits."
            action={
              <Button size="sm" onClick={() => design.findings[0] && showFinding(design.findings[0])}>
                Show the line
              </Button>
            }
          >
            {design.unreadable}
          </Note>
        </div>
      )}
      {design.problem && (
        <div role="alert" className="shrink-0 border-b border-line bg-surface p-3">
          <Note tone="bad" title={design.problem} />
        </div>
      )}
      {/* What is shown at three places, said once when it changes. */}
      <p role="status" className="sr-only">
        {findingWords(design.findings)}
      </p>
      <div className="flex min-h-0 flex-1">
        {view !== "source" && (
          <form
            aria-label={`Design of ${api.title}`}
            noValidate
            onSubmit={(event) => event.preventDefault()}
            className={cx(
              "min-h-0 min-w-0 flex-1 bg-surface lg:overflow-auto",
              view === "both"
                ? "lg:max-w-[45%] lg:border-e lg:border-line"
                : "lg:mx-auto lg:max-w-[48rem] lg:border-x lg:border-line",
            )}
          >
            <FindingList findings={design.findings} onFix={sections.onFix} onShow={showFinding} />
            <fieldset disabled={readOnly || design.unreadable !== null} className="contents">
              <div className="px-4 pt-3 empty:hidden">
                <FormErrorSummary errors={design.errors.length > 0 ? design.errors : backends.errors} />
              </div>
              <GeneralFields {...sections} address={props.address} />
              <BackendFields backends={backends} />
              <SchemeList {...sections} open={open} onOpen={setOpen} />
              <SecurityOptions {...sections} />
              <OperationList operations={operations} onShow={showOperation} />
            </fieldset>
          </form>
        )}
        {view !== "form" && (
          <div className={cx("flex min-h-0 min-w-0 flex-1 max-lg:h-[75dvh]", view === "both" && "max-lg:hidden")}>
            <SourcePane
              design={design}
              fileName={`${api.name}.${design.source?.trimStart().startsWith("{") ? "json" : "yaml"}`}
              formatWords={props.formatWords}
              sourceBytes={props.sourceBytes}
              part={part}
              reveal={reveal}
              onFix={sections.onFix}
              readOnly={readOnly}
            />
          </div>
        )}
      </div>
    </>
  );
}

/** There is room for one pane below 1024 px: "Both" is the form there, and goes by that name. */
function paneChoices(view: string) {
  const narrow = "max-md:px-2";
  const hidden = "max-lg:hidden";
  const both = (
    <>
      <span className={hidden}>Both</span>
      <span className="lg:hidden">Form</span>
    </>
  );
  return [
    { value: "form", label: "Form", className: view === "form" ? narrow : hidden },
    { value: "both", label: both, className: view === "form" ? hidden : `${narrow} max-lg:border-s-0!` },
    { value: "source", label: "Source", className: narrow },
  ];
}
