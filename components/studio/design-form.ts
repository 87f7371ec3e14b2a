import { newRowKey } from "#components/ui/row-key.ts";
import type { FormEdit } from "#lib/api-definition/definition.schema.ts";
import type { DefinitionForm, FormScheme } from "#lib/api-definition/definition-form.rules.ts";

/** A scheme while it is edited. */
export interface LocalScheme extends Omit<FormScheme, "pointer" | "applied"> {
  /** Stays the same while the name changes. */
  key: string;
  /** Its name in the text; null while the text does not have it. */
  known: string | null;
  /** Whether a person chose the key type; until then it follows the parameter name. */
  typeChosen: boolean;
}

export interface LocalOption {
  key: string;
  names: string[];
  /** Whether the text has it; an option without a tick that it does not have is not sent. */
  known: boolean;
}

/** The form as it stands in the page, with what is not complete enough to go into the text. */
export interface LocalForm extends Omit<DefinitionForm, "schemes" | "security" | "schemeNames" | "assembly"> {
  schemes: LocalScheme[];
  security: LocalOption[];
  /** Schemes of other types; edited in the source. */
  otherSchemes: string[];
}

/** A new, empty API key definition: a client ID, unless there is one already. */
export const newScheme = (form: LocalForm): LocalScheme => ({
  key: newRowKey(),
  known: null,
  name: "",
  parameterName: "",
  keyType: form.schemes.some((s) => s.keyType === "client_id") ? "client_secret" : "client_id",
  typeChosen: false,
  in: form.schemes[0]?.in === "query" ? "query" : "header",
  description: "",
});

export const newOption = (): LocalOption => ({ key: newRowKey(), names: [], known: false });

const complete = (scheme: LocalScheme): boolean => scheme.name.trim() !== "" && scheme.parameterName.trim() !== "";

/** The page's form for a text; what the page had beside the text (rows not complete yet) stays, keys stay too. */
export function toLocal(form: DefinitionForm, before?: LocalForm): LocalForm {
  const keyOf = (name: string) => before?.schemes.find((s) => s.name.trim() === name || s.known === name)?.key;
  const typed = before?.schemes.filter((s) => s.known === null && !complete(s)) ?? [];
  const empty = before?.security.filter((o) => !o.known && o.names.length === 0) ?? [];
  const keyNames = new Set(form.schemes.map((s) => s.name));
  return {
    title: form.title,
    version: form.version,
    description: form.description,
    basePath: form.basePath,
    gatewayType: form.gatewayType,
    enforced: form.enforced,
    cors: form.cors,
    schemes: [
      ...form.schemes.map(({ name, parameterName, keyType, in: location, description }) => ({
        key: keyOf(name) ?? newRowKey(),
        known: name,
        name,
        parameterName,
        keyType,
        typeChosen: true,
        in: location,
        description,
      })),
      ...typed,
    ],
    security: [
      ...form.security.map((names, index) => ({
        key: before?.security[index]?.key ?? newRowKey(),
        names,
        known: true,
      })),
      ...empty,
    ],
    otherSchemes: form.schemeNames.filter((name) => !keyNames.has(name)),
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What the page changed against the text, as the edits that the server makes; incomplete rows are left out. */
export function editsBetween(text: DefinitionForm, form: LocalForm): FormEdit[] {
  const edits: FormEdit[] = [];
  const { title, version, description, basePath, gatewayType, enforced, cors } = form;
  if (!same([title, version, description], [text.title, text.version, text.description]))
    edits.push({ kind: "info", title, version, description });
  if (basePath !== text.basePath) edits.push({ kind: "base-path", basePath });
  if (gatewayType !== text.gatewayType || enforced !== text.enforced)
    edits.push({ kind: "gateway", gatewayType: gatewayType as never, enforced });
  if (cors !== text.cors) edits.push({ kind: "cors", enabled: cors });

  const names = new Map<string, string | null>();
  for (const scheme of text.schemes) {
    const now = form.schemes.find((s) => s.known === scheme.name);
    names.set(scheme.name, now ? (complete(now) ? now.name.trim() : scheme.name) : null);
    if (!now) edits.push({ kind: "remove-scheme", name: scheme.name });
  }
  for (const scheme of form.schemes.filter(complete)) {
    const known = text.schemes.find((s) => s.name === scheme.known);
    if (known && same(values(known), values(scheme))) continue;
    edits.push({ kind: "put-scheme", previousName: scheme.known, ...values(scheme) });
  }
  // The requirement as it is after the edits above: renamed along, without what was removed.
  const after = text.security
    .map((option) => ({
      had: option.length > 0,
      left: option.map((n) => names.get(n) ?? (names.has(n) ? null : n)).filter((n) => n !== null),
    }))
    .filter((option) => !option.had || option.left.length > 0)
    .map((option) => option.left);
  const wanted = form.security.filter((o) => o.known || o.names.length > 0).map((o) => o.names);
  if (!same(after, wanted)) edits.push({ kind: "security", security: wanted });
  return edits;
}

const values = (scheme: LocalScheme | FormScheme) => ({
  name: scheme.name.trim(),
  parameterName: scheme.parameterName.trim(),
  keyType: scheme.keyType,
  in: scheme.in as "header" | "query",
  description: scheme.description,
});

/** After the edits were made: what the page sent is known to the text now, though the page may have gone on since. */
export function markKnown(form: LocalForm, sent: LocalForm): LocalForm {
  return {
    ...form,
    schemes: form.schemes.map((scheme) => {
      const then = sent.schemes.find((s) => s.key === scheme.key);
      return then && complete(then) ? { ...scheme, known: then.name.trim() } : scheme;
    }),
    security: form.security.map((option) =>
      sent.security.some((s) => s.key === option.key && s.names.length > 0) ? { ...option, known: true } : option,
    ),
  };
}

/** What is too incomplete to be saved, by field. */
export function missingFields(form: LocalForm): { field: string; message: string }[] {
  return form.schemes.flatMap((scheme) => [
    ...(scheme.name.trim() === "" ? [{ field: `scheme.${scheme.key}.name`, message: "Enter a name" }] : []),
    ...(scheme.parameterName.trim() === ""
      ? [{ field: `scheme.${scheme.key}.parameterName`, message: "Enter a parameter name" }]
      : []),
  ]);
}

/** The page's field of a refused edit: "edits.2.name" -> "scheme.<key>.name". */
export function fieldOf(path: string, edits: FormEdit[], form: LocalForm): string {
  const [, index, ...rest] = path.split(".");
  const edit = edits[Number(index)];
  if (edit?.kind !== "put-scheme") return rest.join(".") || path;
  const scheme = form.schemes.find((s) => s.known === edit.previousName && s.name.trim() === edit.name);
  return `scheme.${scheme?.key ?? ""}.${rest.join(".")}`;
}
