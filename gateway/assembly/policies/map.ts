import { toText } from "#lib/assembly/message-values.ts";
import type { MapAction, MapPolicy, Reference } from "#lib/assembly/plan.ts";
import type { Context } from "../context.ts";
import { copyOf, setAt, valueAt } from "../values.ts";
import { type Read, reader, writer } from "../variables.ts";
import { bodyOf } from "./body-of.ts";
import type { Run } from "./step.ts";

/** What actions read: the inputs, the item of a foreach, and what `from` named. */
interface Frame {
  context: Context;
  inputs: ReadonlyMap<string, unknown>;
  item: unknown;
  from: readonly unknown[];
}
type ReadFrame = (frame: Frame) => unknown;

/** Makes outputs of inputs, member by member. */
export function map({ inputs, outputs, actions }: MapPolicy): Run {
  const readers = Object.entries(inputs).map(([name, reference]): [string, Read] => [name, jsonReader(reference)]);
  const writers = Object.entries(outputs).map(([name, { target, contentType }]) => ({
    name,
    write: writer(target),
    contentType: target.scope === "message" && target.path.join(".") === "body" ? contentType : null,
  }));
  const compiled = actions.map(compile);
  return (context) => {
    const read = new Map(readers.map(([name, one]) => [name, one(context)]));
    const made = new Map(
      writers.map(({ name }) => [name, { root: {} as Record<string, unknown>, whole: undefined as unknown }]),
    );
    for (const act of compiled) {
      act({ context, inputs: read, item: undefined, from: [] }, (path, value) => {
        const output = made.get(path[0] ?? "");
        if (!output) return;
        if (path.length === 1) output.whole = value;
        else setAt(output.root, path.slice(1), value);
      });
    }
    for (const { name, write, contentType } of writers) {
      const output = made.get(name);
      write(context, output?.whole === undefined ? output?.root : output.whole);
      if (contentType) context.message.headers.set("Content-Type", contentType);
    }
  };
}

/** A body as an input is read as JSON, whether or not a policy parsed it. */
function jsonReader(reference: Reference): Read {
  const read = reader(reference);
  const { scope, path } = reference;
  const isBody = path.at(-1) === "body" && path.length === (scope === "own" ? 2 : 1);
  if (!isBody || (scope !== "message" && scope !== "request" && scope !== "own")) return read;
  const body = bodyOf(reference);
  return (context) => body(context).json() ?? read(context);
}

type Act = (frame: Frame, set: (path: readonly string[], value: unknown) => void) => void;

function compile(action: MapAction): Act {
  const value = valueOfAction(action);
  if (!action.foreach) {
    return (frame, set) => {
      const made = value(frame);
      if (made !== undefined) set(action.set, made);
    };
  }
  const list = readFrame(action.foreach);
  const below = action.actions.map(compile);
  return (frame, set) => {
    const found = list(frame);
    const items = Array.isArray(found) ? found : found === undefined || found === null ? [] : [found];
    const made = items.map((item) => {
      const inner = { ...frame, item };
      if (below.length === 0) return value(inner);
      const root: Record<string, unknown> = {};
      for (const act of below) act(inner, (path, one) => setAt(root, path, one));
      return root;
    });
    set(action.set, below.length === 0 ? made.filter((one) => one !== undefined) : made);
  };
}

/** `value` goes before `from`, and `default` stands in for nothing. */
function valueOfAction({ from, value, fallback }: MapAction): ReadFrame {
  const sources = from.map(readFrame);
  const given = value && fromValue(value);
  return (frame) => {
    const read = sources.map((source) => source(frame));
    const made = given
      ? given({ ...frame, from: read })
      : read.length > 1
        ? read.filter((one) => one !== undefined)
        : read[0];
    return copyOf(made === undefined || made === "" ? (fallback ?? made) : made);
  };
}

function fromValue(value: NonNullable<MapAction["value"]>): ReadFrame {
  if ("literal" in value) return () => value.literal;
  const parts = value.template.map((part) => (typeof part === "string" ? part : readFrame(part)));
  const [only] = parts;
  if (parts.length === 1 && typeof only === "function") return only;
  return (frame) => parts.map((part) => (typeof part === "string" ? part : toText(part(frame)))).join("");
}

function readFrame(reference: Reference): ReadFrame {
  const [first = "", ...rest] = reference.path;
  if (reference.scope !== "input") {
    const read = reader(reference);
    return ({ context }) => read(context);
  }
  if (first === "$item") return ({ item }) => valueAt(item, rest);
  if (first === "$from") return ({ from }) => from[Number(rest[0]) - 1];
  return ({ inputs }) => valueAt(inputs.get(first), rest);
}
