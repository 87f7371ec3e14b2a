import type { DefinitionEdit } from "./compiled.ts";
import { fromPointer, isObject, member } from "./json-pointer.ts";

/** Makes one edit on a document's value: what editDefinition must have done to the text. Changes its argument. */
export function applyToValue(document: unknown, edit: DefinitionEdit): unknown {
  const keys = fromPointer(edit.pointer);
  const last = keys.pop();
  if (last === undefined) return document;
  let holder = document;
  for (const [depth, key] of keys.entries()) {
    let next = member(holder, key);
    if (next === undefined || next === null) {
      if (edit.op !== "set") return document;
      next = /^\d+$/.test(keys[depth + 1] ?? last) ? [] : {};
      put(holder, key, next);
    }
    holder = next;
  }
  if (edit.op === "set") put(holder, last, edit.value);
  else if (edit.op === "remove") drop(holder, last);
  else if (isObject(holder) && Object.hasOwn(holder, last)) {
    const value = holder[last];
    drop(holder, last);
    put(holder, edit.key, value);
  }
  return document;
}

/** Defines an own member, also one named __proto__ (T17). */
function put(holder: unknown, key: string, value: unknown): void {
  if (Array.isArray(holder)) {
    const index = Number(key);
    holder[Number.isInteger(index) && index < holder.length ? index : holder.length] = value;
  } else if (isObject(holder)) {
    Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
  }
}

function drop(holder: unknown, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (isObject(holder)) delete holder[key];
}
