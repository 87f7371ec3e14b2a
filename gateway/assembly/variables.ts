import { withoutCredentials } from "#gateway/upstream/request-headers.ts";
import { isReason, statusOf, toText } from "#lib/assembly/message-values.ts";
import type { Reference, Target, Template, Value } from "#lib/assembly/plan.ts";
import type { Context } from "./context.ts";
import { Body, Message } from "./message.ts";
import { propertyError } from "./policy-error.ts";
import { copyOf, own, setAt, valueAt } from "./values.ts";

export type Read = (context: Context) => unknown;
export type ReadText = (context: Context) => string;

/** What variables of the gateway are, by "scope.path". */
const known: Record<string, Read> = {
  "request.verb": ({ call }) => call.req.method,
  "request.uri": (context) => context.call.path + search(context),
  "request.path": ({ call, api }) => api.basePath + call.pathBelow,
  "request.search": (context) => search(context),
  "request.querystring": (context) => search(context).slice(1),
  "request.content-type": (context) => context.requestHeader("content-type"),
  "message.status.code": ({ message }) => message.status || undefined,
  "message.status.reason": ({ message }) => message.reason,
  "api.name": ({ plan }) => plan.api.name,
  "api.version": ({ plan }) => plan.api.version,
  "api.title": ({ plan }) => plan.api.title,
  "api.root": ({ plan }) => plan.api.basePath,
  "api.catalog.name": ({ api }) => api.catalogName,
  "api.operation.id": ({ call }) => call.operation?.key,
  "api.operation.path": ({ call }) => call.operation?.path,
  "api.operation.verb": ({ call }) => call.operation?.method,
  "client.app.id": ({ call }) => (call.authenticated ? call.credential?.applicationId : undefined),
  "client.app.name": (context) => application(context)?.name,
  "client.org.id": (context) => application(context)?.organizationId,
  "client.org.name": (context) => application(context)?.organizationName,
  "plan.id": ({ call }) => call.subscription?.planId,
  "plan.name": ({ call }) => {
    const { subscription, gateway } = call;
    return subscription && gateway.snapshot.releases.get(subscription.releaseId)?.planNames.get(subscription.planId);
  },
  "system.datetime": () => new Date().toISOString(),
  "system.date": () => new Date().toISOString().slice(0, 10),
  "system.time": () => new Date().toISOString().slice(11, 19),
  "error.name": ({ error }) => error?.names[0],
  "error.message": ({ error }) => error?.message,
  "error.status.code": ({ error }) => error?.status,
  "error.status.reason": ({ error }) => error?.phrase,
};

const application = ({ call }: Context) =>
  call.authenticated && call.credential
    ? call.gateway.snapshot.applications.get(call.credential.applicationId)
    : undefined;

/** The query without credentials: they travel only where a policy names one (gateway.md 2.5). */
function search({ call, api }: Context): string {
  const query = api.enforced ? withoutCredentials(call.query, api) : call.query;
  return query === "" ? "" : `?${query}`;
}

/** A function for a variable. Throws for one that this gateway does not know: then the API is not served at all. */
export function reader({ scope, path }: Reference): Read {
  const [first = "", second = ""] = path;
  const lower = second.toLowerCase();
  switch (scope) {
    case "own":
      return path.length === 1
        ? ({ variables }) => whole(variables.get(first))
        : ({ variables }) => inside(variables.get(first), path);
    case "property": {
      const name = first;
      return ({ plan, api }) =>
        own(own(plan.catalogProperties, api.catalogName.toLowerCase()), name) ?? own(plan.properties, name);
    }
    case "target":
      return ({ api }) => (api.backend ? api.backend.endpoint.origin + api.backend.pathPrefix : undefined);
    case "request":
      if (first === "headers") return (context) => context.requestHeader(lower);
      if (first === "parameters") return (context) => context.parameter(second);
      if (first === "body") return ({ requestBody }) => bodyAt(requestBody, path);
      break;
    case "message":
      if (first === "headers") return ({ message }) => message.headers.get(lower);
      if (first === "body") return ({ message }) => bodyAt(message.body, path);
  }
  const read = own(known, `${scope}.${path.join(".")}`) as Read | undefined;
  if (!read) throw new Error(`the variable ${scope}.${path.join(".")} is not known`);
  return read;
}

const bodyAt = (body: Body, path: readonly string[]): unknown =>
  path.length === 1 ? body.any() : valueAt(body.json(), path, 1);

const whole = (value: unknown): unknown => (value instanceof Message ? value.body.any() : value);

/** An answer that an invoke put into a variable has headers, body and status. */
function inside(value: unknown, path: readonly string[]): unknown {
  if (!(value instanceof Message)) return valueAt(value, path, 1);
  const [, place, name = ""] = path;
  if (place === "body") return bodyAt(value.body, path.slice(1));
  if (place === "headers") return value.headers.get(path.slice(2).join("."));
  if (place === "status") return name === "reason" ? value.reason : value.status;
  return valueAt(value.body.json(), path, 1);
}

/** A function for text with variables. */
export function textReader(template: Template): ReadText {
  const parts = template.map((part) => (typeof part === "string" ? part : reader(part)));
  const [only] = parts;
  if (parts.length === 0) return () => "";
  if (parts.length === 1 && only !== undefined)
    return typeof only === "string" ? () => only : (context) => toText(only(context));
  return (context) => {
    let text = "";
    for (const part of parts) text += typeof part === "string" ? part : toText(part(context));
    return text;
  };
}

/** A function for a value: of one variable alone the value itself, else text. */
export function valueReader(value: Value): Read {
  if ("literal" in value) return () => copyOf(value.literal);
  const [only] = value.template;
  if (value.template.length === 1 && typeof only === "object") {
    const read = reader(only);
    return (context) => copyOf(read(context));
  }
  return textReader(value.template);
}

export type Write = (context: Context, value: unknown) => void;

/** A function that sets a target. Throws PolicyError for a value that cannot be there. */
export function writer({ scope, path }: Target): Write {
  const [first = "", second = ""] = path;
  if (scope === "own") {
    if (path.length === 1) return ({ variables }, value) => void variables.set(first, value);
    return ({ variables }, value) => {
      const known = variables.get(first);
      if (known instanceof Message) throw propertyError("an answer in a variable cannot be changed");
      const root = typeof known === "object" && known !== null ? (known as Record<string, unknown>) : {};
      variables.set(first, root);
      setAt(root, path.slice(1), value);
    };
  }
  if (first === "headers") return ({ message }, value) => message.headers.set(second, toText(value));
  if (first === "status") return second === "code" ? setStatus : ({ message }, value) => setReason(message, value);
  if (path.length === 1) return ({ message }, value) => message.replaceBody(bodyFrom(value));
  return ({ message }, value) => {
    const known = message.body.json();
    const root = typeof known === "object" && known !== null ? (known as Record<string, unknown>) : {};
    setAt(root, path.slice(1), value);
    message.replaceBody(Body.value(root));
  };
}

const bodyFrom = (value: unknown): Body =>
  typeof value === "string" ? Body.bytes(Buffer.from(value, "utf8")) : Body.value(value ?? "");

function setStatus({ message }: Context, value: unknown): void {
  const code = statusOf(value);
  if (code === undefined) throw propertyError("the status is not from 200 to 599");
  message.status = code;
  message.reason = "";
}

function setReason(message: Message, value: unknown): void {
  const text = toText(value);
  if (!isReason(text)) throw propertyError("the reason holds a character that cannot be there");
  message.reason = text;
}

/** A function that removes a target. */
export function remover({ scope, path }: Target): (context: Context) => void {
  const [first = "", second = ""] = path;
  if (scope === "own") {
    if (path.length === 1) return ({ variables }) => void variables.delete(first);
    return ({ variables }) => removeAt(variables.get(first), path.slice(1));
  }
  if (first === "headers") return ({ message }) => message.headers.clear(second);
  if (first === "status") {
    return ({ message }) => {
      if (second === "code") message.status = 0;
      message.reason = "";
    };
  }
  if (path.length === 1) return ({ message }) => message.replaceBody(Body.bytes(Buffer.alloc(0)));
  return ({ message }) => {
    const value = message.body.json();
    removeAt(value, path.slice(1));
    if (typeof value === "object" && value !== null) message.replaceBody(Body.value(value));
  };
}

function removeAt(value: unknown, path: readonly string[]): void {
  const parent = valueAt(value, path.slice(0, -1));
  const key = path.at(-1) ?? "";
  if (typeof parent === "object" && parent !== null && Object.hasOwn(parent, key))
    delete (parent as Record<string, unknown>)[key];
}
