"use client";

import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { cx } from "#components/ui/cx.ts";
import type { CallCredential, CallValues, ExploreCall } from "#lib/explore/explore.schema.ts";
import type { ExploreOperation } from "#lib/explore/explore-view.schema.ts";
import {
  buildRequest,
  type CredentialNeed,
  initialValues,
  missingValues,
  requestTarget,
  ValueError,
} from "#lib/explore/request.rules.ts";
import { type CallerChoice, NO_TOKEN, useCaller, useExplore } from "./explore-context.tsx";
import { RequestForm } from "./request-form.tsx";
import { ResponsePane } from "./response-pane.tsx";
import { SendBar } from "./send-bar.tsx";
import { useCall } from "./use-call.ts";

interface ConsoleProps {
  operation: ExploreOperation;
  /** The publisher's description, rendered on the server. */
  about: ReactNode;
  /** Origin of the gateway, for the curl command. */
  gatewayUrl: string;
}

/** Request and response of one operation. Send is top centre and never moves; ⌘↵ sends, Esc cancels. */
export function Console({ operation, about, gatewayUrl }: ConsoleProps) {
  const { api, choice, setChoice, pane, setPane, signedIn } = useExplore();
  const caller = useCaller();
  const [values, setValues] = useState<CallValues>(() => initialValues(operation.slice));
  const { state, send, refuse, cancel } = useCall();
  const sending = state.phase === "sending";
  /** The field that a refused Send points at; a fresh object brings the focus there. null until Send was pressed. */
  const [pointed, setPointed] = useState<{ field: string } | null>(null);
  const form = useRef<HTMLElement>(null);
  const { method, path: pathTemplate, slice, need } = operation;

  const preview = useMemo(() => {
    try {
      return requestTarget(buildRequest({ method, basePath: api.basePath, pathTemplate, slice }, values));
    } catch (error) {
      if (error instanceof ValueError) return api.basePath + pathTemplate;
      throw error;
    }
  }, [api.basePath, method, pathTemplate, slice, values]);

  const missing = useMemo(() => missingValues(slice, need, values), [slice, need, values]);

  const submit = useCallback(
    ({ as = choice, anyway = false }: { as?: CallerChoice; anyway?: boolean } = {}) => {
      // The version that the page shows, also when a higher one has been published since.
      const target = { ...api.ref, version: api.version, operation: operation.key };
      const credential = credentialOf(need, as, caller?.id);
      const authorization = need.authorization && as.mode !== "token" ? as.authorization : "";
      const call: ExploreCall = { target, values, credential, ...(authorization !== "" && { authorization }) };
      const [first] = missing;
      const strange = need.need === "required" && !signedIn;
      if (credential.mode === "token" && credential.accessToken === "" && need.need === "required") {
        setPane("request");
        setPointed({ field: "token" });
        return;
      }
      if (first && !anyway && !strange) {
        setPane("request");
        setPointed({ field: first.field });
        return;
      }
      setPointed(null);
      setPane("response");
      if (strange) refuse(call, "SIGN_IN_REQUIRED");
      else void send(call);
    },
    [api, caller?.id, choice, missing, need, operation.key, refuse, send, setPane, signedIn, values],
  );

  useEffect(() => {
    if (!pointed) return;
    const field = form.current?.querySelector(`[data-field="${CSS.escape(pointed.field)}"]`);
    field?.querySelector<HTMLElement>("input:not([aria-hidden] *), textarea, button")?.focus();
  }, [pointed]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
        event.preventDefault();
        submit();
      } else if (event.key === "Escape" && sending) cancel();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [submit, cancel, sending]);

  const fields = state.phase === "done" && state.outcome.kind === "not-sent" ? state.outcome.fields : [];
  const asked = pointed ? missing : [];
  const noToken = pointed?.field === "token" && choice.token.value === "";
  return (
    <>
      <section
        ref={form}
        aria-label="Request"
        className="flex min-w-0 flex-col bg-surface max-lg:order-1 lg:min-h-0 lg:border-e lg:border-line"
      >
        <h1 className="sr-only">
          {operation.summary || `${method} ${pathTemplate}`}, {api.title}
        </h1>
        <SendBar
          method={method}
          basePath={api.basePath}
          target={preview}
          sending={sending}
          onSend={() => submit()}
          onCancel={cancel}
        />
        <div className={cx("lg:min-h-0 lg:overflow-y-auto", pane !== "request" && "max-lg:hidden")}>
          <RequestForm
            operation={operation}
            about={about}
            values={values}
            onChange={setValues}
            errors={fields}
            missing={asked}
            tokenProblem={noToken ? "Nothing was sent: get a token first, or paste one." : undefined}
            onSendAnyway={() => submit({ anyway: true })}
          />
        </div>
      </section>
      <section
        aria-label="Response"
        className={cx(
          "flex min-w-0 flex-col bg-surface max-lg:order-3 max-lg:flex-1 lg:min-h-0 lg:overflow-y-auto",
          pane !== "response" && "max-lg:hidden",
        )}
      >
        <ResponsePane
          state={state}
          operation={operation}
          values={values}
          gatewayUrl={gatewayUrl}
          onResetValues={() => {
            setValues(initialValues(slice));
            setPane("request");
          }}
          onUseApplication={() => {
            const application = { ...choice, mode: "grant" as const, override: "" };
            setChoice(application);
            submit({ as: application });
          }}
          onGetToken={() => {
            setChoice({ mode: "token", token: NO_TOKEN });
            setPane("request");
            setPointed({ field: "get-token" });
          }}
          onSend={() => submit()}
          onCancel={cancel}
        />
      </section>
    </>
  );
}

/** What travels as a credential, from what was chosen; an operation that needs none gets none. */
function credentialOf(
  { need, token }: CredentialNeed,
  choice: CallerChoice,
  applicationId: string | undefined,
): CallCredential {
  if (need === "none") return { mode: "none" };
  if (choice.mode === "own") return { mode: "own", ...choice.own };
  if (choice.mode === "token" && token) return { mode: "token", accessToken: choice.token.value };
  if (!applicationId) return { mode: "none" };
  return { mode: "grant", applicationId, ...(choice.override !== "" && { clientId: choice.override }) };
}
