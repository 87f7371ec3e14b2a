"use client";

import { Trash2 } from "lucide-react";
import { useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { TextArea } from "#components/ui/text-area.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import type { Finding, KeyType } from "#lib/api-definition/compiled.ts";
import { typeByName } from "#lib/api-definition/definition-form.rules.ts";
import type { LocalScheme } from "./design-form.ts";
import { FindingsAt, FixButtons } from "./findings-at.tsx";
import type { DesignSectionProps } from "./section-props.ts";

interface SchemeFieldsProps extends DesignSectionProps {
  scheme: LocalScheme;
  findings: Finding[];
  onClose: () => void;
}

/** What a key type is proposed from a name, as long as nobody chose one; the server's rule S81 decides. */
const proposeType = (scheme: LocalScheme, parameterName: string): KeyType =>
  scheme.typeChosen ? scheme.keyType : typeByName(parameterName);

/** One API key definition: name, parameter name, key type, location, description (S74-S77, S88). */
export function SchemeFields({ scheme, findings, onClose, design, onFix, onShow }: SchemeFieldsProps) {
  const { form, changeForm, errorOf } = design;
  const group = useId();
  const set = (part: Partial<LocalScheme>) => {
    const next = { ...scheme, ...part };
    changeForm({
      ...form,
      schemes: form.schemes.map((s) => (s.key === scheme.key ? next : s)),
      // A requirement names schemes: it follows the new name.
      security:
        next.name === scheme.name
          ? form.security
          : form.security.map((o) => ({ ...o, names: o.names.map((n) => (n === scheme.name ? next.name : n)) })),
    });
  };
  const remove = () => {
    changeForm({
      ...form,
      schemes: form.schemes.filter((s) => s.key !== scheme.key),
      security: form.security
        .map((o) => ({ ...o, names: o.names.filter((n) => n !== scheme.name) }))
        .filter((o, index) => o.names.length > 0 || form.security[index]?.names.length === 0),
    });
    onClose();
  };
  const field = (name: string) => `scheme.${scheme.key}.${name}`;
  const elsewhere = findings.filter((f) => f.code === "S89");
  const warned = findings.some((f) => f.code === "S91");
  return (
    <div className="grid gap-4 border-t border-line p-4">
      <Field name={field("name")} label="Name" error={errorOf(field("name"))}>
        <TextInput
          autoFocus={scheme.known === null}
          value={scheme.name}
          onChange={(e) => set({ name: e.target.value })}
        />
      </Field>
      <Field
        name={field("parameterName")}
        label="Parameter name"
        hint={`Callers send the ${scheme.keyType === "client_id" ? "client ID" : "client secret"} under this name.`}
        error={errorOf(field("parameterName"))}
      >
        <TextInput
          mono
          value={scheme.parameterName}
          onChange={({ target: { value } }) => set({ parameterName: value, keyType: proposeType(scheme, value) })}
        />
      </Field>
      <Field name={`${group}type`} label="Key type" group>
        <Segmented
          value={scheme.keyType}
          onChange={(value) => set({ keyType: value as KeyType, typeChosen: true })}
          choices={[
            { value: "client_id", label: "Client ID" },
            { value: "client_secret", label: "Client secret" },
          ]}
        />
      </Field>
      <Field name={`${group}in`} label="Located in" group error={elsewhere[0]?.message}>
        <Segmented
          value={scheme.in}
          onChange={(value) => set({ in: value })}
          choices={[
            { value: "header", label: "Header" },
            { value: "query", label: "Query" },
          ]}
        />
      </Field>
      <FixButtons findings={elsewhere} onFix={onFix} />
      {(scheme.in === "query" || warned) && (
        <Note tone="warn" title="Query strings end up in logs.">
          Ours leave the secret out, proxies in between may not.
        </Note>
      )}
      <FindingsAt
        findings={findings.filter((f) => f.code !== "S91" && f.code !== "S89")}
        onFix={onFix}
        onShow={onShow}
      />
      <Field name={field("description")} label="Description" optional hint="CommonMark">
        <TextArea rows={2} value={scheme.description} onChange={(e) => set({ description: e.target.value })} />
      </Field>
      <div>
        <Button variant="ghost" size="sm" icon={<Trash2 aria-hidden="true" />} onClick={remove}>
          Remove this definition
        </Button>
      </div>
    </div>
  );
}
