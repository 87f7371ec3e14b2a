"use client";

import { ChevronRight, KeyRound, Lock, Plus } from "lucide-react";
import { cx } from "#components/ui/cx.ts";
import { Menu } from "#components/ui/menu.tsx";
import { Status } from "#components/ui/status.tsx";
import { plural } from "#lib/format.ts";
import { type LocalScheme, newScheme } from "./design-form.ts";
import { findingsUnder } from "./findings-at.tsx";
import { PaneSection } from "./pane-section.tsx";
import { SchemeFields } from "./scheme-fields.tsx";
import type { DesignSectionProps } from "./section-props.ts";

interface SchemeListProps extends DesignSectionProps {
  open: string | null;
  onOpen: (key: string | null) => void;
}

const typeWords = { client_id: "Client ID", client_secret: "Client secret" };

/** Security Definitions: the API key definitions, each opening where it stands; the add menu (S40, S72, S73). */
export function SchemeList({ open, onOpen, ...rest }: SchemeListProps) {
  const { form, changeForm, findings, server } = rest.design;
  const add = () => {
    const scheme = newScheme(form);
    changeForm({ ...form, schemes: [...form.schemes, scheme] });
    onOpen(scheme.key);
  };
  const findingsOf = (scheme: LocalScheme) => {
    const pointer = server.schemes.find((s) => s.name === scheme.known)?.pointer;
    return pointer ? findingsUnder(findings, pointer) : [];
  };
  return (
    <PaneSection
      title="Security Definitions"
      note={plural(form.schemes.length, "API key")}
      id="security-definitions"
      actions={
        <Menu label="Add security definition" entries={[{ label: "API Key", onAction: add }]}>
          <Plus aria-hidden="true" />
        </Menu>
      }
    >
      <ul>
        {form.schemes.map((scheme) => {
          const mine = findingsOf(scheme);
          const errors = mine.filter((f) => f.severity === "error").length;
          const isOpen = open === scheme.key;
          return (
            <li key={scheme.key} className="border-b border-line last:border-0">
              <button
                type="button"
                aria-expanded={isOpen}
                onClick={() => onOpen(isOpen ? null : scheme.key)}
                className={cx(
                  "flex w-full items-center gap-2.5 px-4 py-2 text-start -outline-offset-2 hover:bg-hover",
                  isOpen && "bg-accent-tint shadow-[inset_2px_0_0_var(--accent)] hover:bg-accent-tint",
                )}
              >
                <KeyRound aria-hidden="true" className={cx("size-4 shrink-0", isOpen ? "text-accent" : "text-ink-3")} />
                <span className="min-w-0 flex-1">
                  <span className="block font-semibold wrap-anywhere">{scheme.name || "New API key"}</span>
                  <span className="block text-12 text-ink-2">
                    {typeWords[scheme.keyType]}, {scheme.in}
                  </span>
                </span>
                {errors > 0 && <Status state="error">{plural(errors, "error")}</Status>}
                <ChevronRight aria-hidden="true" className={cx("size-4 shrink-0 text-ink-3", isOpen && "rotate-90")} />
              </button>
              {isOpen && <SchemeFields scheme={scheme} findings={mine} onClose={() => onOpen(null)} {...rest} />}
            </li>
          );
        })}
        {form.otherSchemes.map((name) => (
          <li key={name} className="flex items-center gap-2.5 border-b border-line px-4 py-2 last:border-0">
            <Lock aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
            <span className="min-w-0 flex-1 wrap-anywhere">{name}</span>
            <span className="text-12 text-ink-3">edited in the source</span>
          </li>
        ))}
        {form.schemes.length === 0 && form.otherSchemes.length === 0 && (
          <li className="px-4 py-3 text-ink-2">
            No definition yet. An API key says where callers put their client ID and client secret.
          </li>
        )}
      </ul>
    </PaneSection>
  );
}
