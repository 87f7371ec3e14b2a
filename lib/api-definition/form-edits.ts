import { isDeepStrictEqual } from "node:util";
import { fieldError } from "#lib/errors/app-error.ts";
import type { DefinitionEdit } from "./compiled.ts";
import type { FormEdit } from "./definition.schema.ts";
import { namesBackend } from "./derive.ts";
import { editDefinition } from "./edit-definition.ts";
import { fromPointer, isObject, type JsonObject, member, toPointer, valueAt } from "./json-pointer.ts";
import { parseText } from "./parse-text.ts";
import { readSecurity } from "./security-model.ts";

type EditOf<K extends FormEdit["kind"]> = Extract<FormEdit, { kind: K }>;

/** The text after one change of the design form. Errors: INPUT_INVALID beside the form's field. */
export function applyFormEdit(source: string, edit: FormEdit): string {
  const { document } = parseText(source);
  return editDefinition(source, toDefinitionEdits(document, edit));
}

/** A change of the form as edits of the document; nothing for what is as it should be. */
export function toDefinitionEdits(document: JsonObject, edit: FormEdit): DefinitionEdit[] {
  switch (edit.kind) {
    case "info":
      return infoEdits(document, edit);
    case "base-path":
      return changed(document, [{ op: "set", pointer: basePathTarget(document), value: edit.basePath }]);
    case "put-scheme":
      return putScheme(document, edit);
    case "remove-scheme":
      return removeScheme(document, edit.name);
    case "security":
      return securityEdits(document, edit.security);
    case "gateway":
      return gatewayEdits(document, edit);
    case "cors":
      return corsEdits(document, edit.enabled);
    case "fix":
      return edit.edits as DefinitionEdit[];
  }
}

/** Without the edits that would set what is already there. */
const changed = (document: JsonObject, edits: DefinitionEdit[]): DefinitionEdit[] =>
  edits.filter(
    (edit) => edit.op !== "set" || !isDeepStrictEqual(valueAt(document, fromPointer(edit.pointer)), edit.value),
  );

function setOrRemove(document: JsonObject, pointer: string, value: string): DefinitionEdit[] {
  if (value !== "") return changed(document, [{ op: "set", pointer, value }]);
  return valueAt(document, fromPointer(pointer)) === undefined ? [] : [{ op: "remove", pointer }];
}

function infoEdits(document: JsonObject, { title, version, description }: EditOf<"info">): DefinitionEdit[] {
  return [
    ...changed(document, [
      { op: "set", pointer: "/info/title", value: title },
      { op: "set", pointer: "/info/version", value: version },
    ]),
    ...setOrRemove(document, "/info/description", description),
  ];
}

/**
 * Where a base path is written: in our own key when that is there, or when the usual place is part of the backend's
 * address; else in the usual place of the format.
 */
export function basePathTarget(document: JsonObject): string {
  const own = "/x-portico/base-path";
  if (valueAt(document, fromPointer(own)) !== undefined || namesBackend(document)) return own;
  if (member(document, "swagger") !== undefined) return "/basePath";
  return typeof valueAt(document, ["servers", "0", "url"]) === "string" ? "/servers/0/url" : own;
}

function putScheme(document: JsonObject, edit: EditOf<"put-scheme">): DefinitionEdit[] {
  const { schemesPointer, types, requirements } = readSecurity(document);
  const { previousName, name } = edit;
  if (previousName !== name && types.has(name))
    throw fieldError("name", `There is a security definition named ${name} already.`);
  if (previousName === null) {
    const value = {
      type: "apiKey",
      name: edit.parameterName,
      in: edit.in,
      "x-key-type": edit.keyType,
      ...(edit.description && { description: edit.description }),
    };
    return [{ op: "set", pointer: `${schemesPointer}${toPointer([name])}`, value }];
  }
  if (types.get(previousName) !== "apiKey")
    throw fieldError("name", `There is no API key definition named ${previousName}.`);
  const at = `${schemesPointer}${toPointer([previousName])}`;
  const edits = [
    ...changed(document, [
      { op: "set", pointer: `${at}/name`, value: edit.parameterName },
      { op: "set", pointer: `${at}/in`, value: edit.in },
      { op: "set", pointer: `${at}/x-key-type`, value: edit.keyType },
    ]),
    ...setOrRemove(document, `${at}/description`, edit.description),
  ];
  if (previousName === name) return edits;
  edits.push({ op: "rename", pointer: at, key: name });
  for (const { pointer, alternatives } of requirements) {
    alternatives.forEach((names, index) => {
      if (names.includes(previousName))
        edits.push({ op: "rename", pointer: `${pointer}/${index}${toPointer([previousName])}`, key: name });
    });
  }
  return edits;
}

/** Takes a definition away with every requirement that names it; a list that named nothing else goes too. */
function removeScheme(document: JsonObject, name: string): DefinitionEdit[] {
  const { schemesPointer, types, requirements } = readSecurity(document);
  if (!types.has(name)) throw fieldError("name", `There is no security definition named ${name}.`);
  const edits: DefinitionEdit[] = [{ op: "remove", pointer: `${schemesPointer}${toPointer([name])}` }];
  for (const { pointer, alternatives } of requirements) {
    const alone = alternatives.filter((names) => names.length === 1 && names[0] === name);
    if (alone.length > 0 && alone.length === alternatives.length) {
      // An operation without a list of its own falls back to the API's: it does not become open (X2).
      edits.push({ op: "remove", pointer });
      continue;
    }
    for (let index = alternatives.length - 1; index >= 0; index -= 1) {
      const names = alternatives[index] ?? [];
      if (!names.includes(name)) continue;
      const item = `${pointer}/${index}`;
      edits.push({ op: "remove", pointer: names.length === 1 ? item : `${item}${toPointer([name])}` });
    }
  }
  return edits;
}

/** The API's requirement. Scopes that an alternative has now are kept. */
function securityEdits(document: JsonObject, security: string[][]): DefinitionEdit[] {
  const { types } = readSecurity(document);
  const unknown = security.flat().find((name) => !types.has(name));
  if (unknown !== undefined) throw fieldError("security", `There is no security definition named ${unknown}.`);
  const now = member(document, "security");
  const known = Array.isArray(now) ? now.filter(isObject) : [];
  if (security.length === 0) return now === undefined ? [] : [{ op: "remove", pointer: "/security" }];
  const scopes = (name: string): unknown => known.map((a) => member(a, name)).find(Array.isArray) ?? [];
  const value = security.map((names) => Object.fromEntries(names.map((name) => [name, scopes(name)])));
  return changed(document, [{ op: "set", pointer: "/security", value }]);
}

/** The defaults are not written where nothing is. */
function gatewayEdits(document: JsonObject, edit: EditOf<"gateway">): DefinitionEdit[] {
  const { gatewayType, enforced } = readSecurity(document);
  const edits: DefinitionEdit[] = [];
  const base = "/x-ibm-configuration";
  if (gatewayType !== edit.gatewayType) edits.push({ op: "set", pointer: `${base}/gateway`, value: edit.gatewayType });
  if (enforced !== edit.enforced) edits.push({ op: "set", pointer: `${base}/enforced`, value: edit.enforced });
  return edits;
}

/** Off is written only where something is. */
function corsEdits(document: JsonObject, enabled: boolean): DefinitionEdit[] {
  const pointer = "/x-ibm-configuration/cors/enabled";
  const now = valueAt(document, fromPointer(pointer));
  return now === enabled || (now === undefined && !enabled) ? [] : [{ op: "set", pointer, value: enabled }];
}
