"use client";

import { Plus, X } from "lucide-react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Note } from "#components/ui/note.tsx";
import { type LocalOption, newOption } from "./design-form.ts";
import { FindingsAt, findingsUnder } from "./findings-at.tsx";
import { PaneSection } from "./pane-section.tsx";
import type { DesignSectionProps } from "./section-props.ts";

/** Security: the API's requirement. Ticks of one option are needed together, options are alternatives (S43, S44, X1). */
export function SecurityOptions({ design, onFix, onShow }: DesignSectionProps) {
  const { form, changeForm, findings } = design;
  const names = [...form.schemes.map((s) => s.name).filter((n) => n.trim() !== ""), ...form.otherSchemes];
  const setOptions = (security: LocalOption[]) => changeForm({ ...form, security });
  const toggle = (option: LocalOption, name: string, on: boolean) =>
    setOptions(
      form.security.map((o) =>
        o.key === option.key ? { ...o, names: on ? [...o.names, name] : o.names.filter((n) => n !== name) } : o,
      ),
    );
  const typeOf = (name: string) => form.schemes.find((s) => s.name === name)?.keyType;
  const applied = new Set(form.security.flatMap((o) => o.names.map(typeOf)));
  return (
    <PaneSection
      title="Security"
      id="security"
      note="What a call must carry"
      actions={
        <Button
          variant="ghost"
          size="sm"
          icon={<Plus aria-hidden="true" />}
          onClick={() => setOptions([...form.security, newOption()])}
        >
          Add security option
        </Button>
      }
    >
      <div className="grid gap-3 p-4">
        {form.security.map((option, index) => (
          <fieldset key={option.key} className="rounded-1 border border-line-strong px-3 pt-1 pb-2">
            <legend className="px-1 text-12 font-semibold">
              {index === 0 ? "Option 1" : `or option ${index + 1}`}
            </legend>
            <div className="flex items-start gap-2">
              <div className="min-w-0 flex-1">
                {names.map((name) => (
                  <Checkbox
                    key={name}
                    checked={option.names.includes(name)}
                    onChange={(event) => toggle(option, name, event.target.checked)}
                    aside={typeOf(name) && (typeOf(name) === "client_id" ? "Client ID" : "Client secret")}
                  >
                    {name}
                  </Checkbox>
                ))}
                {names.length === 0 && (
                  <p className="py-1.5 text-ink-2">Add a security definition above, then tick it here.</p>
                )}
                {option.names.length === 0 && names.length > 0 && (
                  <p className="text-12 text-ink-3">
                    {option.known ? "Nothing is ticked: calls pass without a key too." : "Tick what a call must carry."}
                  </p>
                )}
              </div>
              <IconButton
                size="sm"
                label={`Remove option ${index + 1}`}
                onClick={() => setOptions(form.security.filter((o) => o.key !== option.key))}
              >
                <X aria-hidden="true" />
              </IconButton>
            </div>
          </fieldset>
        ))}
        {form.security.length === 0 && (
          <p className="text-ink-2">
            No option: operations without a requirement of their own are open to everybody who knows the address.
          </p>
        )}
        {applied.has("client_id") && !applied.has("client_secret") && (
          <Note tone="info">
            A client ID alone says who calls; it is not confidential. Ask for the client secret too, to be sure.
          </Note>
        )}
        <FindingsAt findings={findingsUnder(findings, "/security")} onFix={onFix} onShow={onShow} />
      </div>
    </PaneSection>
  );
}
