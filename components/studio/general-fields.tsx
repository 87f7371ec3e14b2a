"use client";

import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { TextArea } from "#components/ui/text-area.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { FindingsAt, FixButtons, findingsUnder } from "./findings-at.tsx";
import { PaneSection } from "./pane-section.tsx";
import type { DesignSectionProps } from "./section-props.ts";

/** Title, version, base path, description; which kind of gateway enforces the API (S79, S80). */
export function GeneralFields({ design, address, onFix, onShow }: DesignSectionProps & { address: string }) {
  const { form, changeForm, errorOf, findings } = design;
  const set = (part: Partial<typeof form>) => changeForm({ ...form, ...part });
  const here = findings.filter((f) => f.code === "BASE_PATH");
  return (
    <PaneSection title="General" id="general">
      <div className="grid gap-4 p-4">
        <div className="grid gap-4 md:grid-cols-[minmax(0,1fr)_8rem]">
          <Field name="title" label="Title" error={errorOf("title")}>
            <TextInput value={form.title} onChange={(event) => set({ title: event.target.value })} />
          </Field>
          <Field name="version" label="Version" error={errorOf("version")}>
            <TextInput mono value={form.version} onChange={(event) => set({ version: event.target.value })} />
          </Field>
        </div>
        <Field
          name="basePath"
          label="Base path"
          error={errorOf("basePath") ?? here[0]?.message}
          hint={
            <>
              Callers reach it at <code>{`${address}${form.basePath}`}</code>
            </>
          }
        >
          <TextInput mono value={form.basePath} onChange={(event) => set({ basePath: event.target.value })} />
        </Field>
        <FixButtons findings={here} onFix={onFix} />
        <Field name="description" label="Description" hint="CommonMark" optional error={errorOf("description")}>
          <TextArea value={form.description} onChange={(event) => set({ description: event.target.value })} />
        </Field>
        <div>
          <Field
            name="gatewayType"
            label="Gateway type"
            group
            hint={
              form.gatewayType === "datapower-gateway"
                ? "Parameter names are fixed: X-IBM-Client-Id and X-IBM-Client-Secret, in the query client_id and client_secret."
                : "Any parameter name; that of a client secret contains “secret”."
            }
          >
            <Segmented
              value={form.gatewayType}
              onChange={(gatewayType) => set({ gatewayType })}
              choices={[
                { value: "datapower-api-gateway", label: "API gateway" },
                { value: "datapower-gateway", label: "v5 compatible" },
              ]}
            />
          </Field>
          <Checkbox
            className="mt-2"
            checked={form.enforced}
            onChange={(event) => set({ enforced: event.target.checked })}
            hint="Without it, calls pass unchecked and another gateway has to check them."
          >
            Enforced by this gateway
          </Checkbox>
          <Checkbox
            className="mt-2"
            checked={form.cors}
            onChange={(event) => set({ cors: event.target.checked })}
            hint={
              form.enforced
                ? "CORS: the gateway answers browsers for the backend. Origins are listed in the source, under x-portico.cors; without a list any page may call."
                : "CORS is left to the gateway that enforces this API."
            }
          >
            Web pages of other origins may call
          </Checkbox>
        </div>
        <FindingsAt findings={findingsUnder(findings, "/info", "/x-ibm-configuration")} onFix={onFix} onShow={onShow} />
      </div>
    </PaneSection>
  );
}
