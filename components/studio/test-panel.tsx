"use client";

import { Play, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useCallback, useEffect, useRef, useState, useTransition } from "react";
import type { ReadCause } from "#components/call/recorded-cause.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import type { CallValues, OperationRef } from "#lib/explore/explore.schema.ts";
import { initialValues, typedFor, withValue } from "#lib/explore/request.rules.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { CallAnswer } from "./call-answer.tsx";
import { CredentialFields } from "./credential-fields.tsx";
import type { LiveCopy } from "./not-live-line.tsx";
import { OperationPicker } from "./operation-picker.tsx";
import { ParameterFields } from "./parameter-fields.tsx";
import { Republish } from "./republish.tsx";
import type { OperationLine, TestOperation, TestPair } from "./test-panel.types.ts";
import { useTestCall } from "./use-test-call.ts";

export interface TestPanelProps {
  catalog: string;
  test: TestPair | null;
  /** What callers of the sandbox get now. */
  copy: LiveCopy | null;
  /** Slugs of the published API; null before its first publication. */
  target: Omit<OperationRef, "operation"> | null;
  changedAt: string;
  blocked?: string;
  /** Where the call is posted to; the portal makes the address of the call itself. */
  callUrl: string;
  republish: () => Promise<ActionAnswer<{ live: LiveState }>>;
  /** Of the published copy. */
  listOperations: (filter: string) => Promise<ActionAnswer<{ operations: OperationLine[]; more: boolean }>>;
  readOperation: (key: string) => Promise<ActionAnswer<TestOperation>>;
  readCause: ReadCause;
  onClose: () => void;
}

const NO_PAIR: TestPair = { clientId: "", secret: "" };

/** Values that the next operation declares too stay as they were typed (S59). */
function carryOver(next: TestOperation, before: CallValues | null): CallValues {
  let values = initialValues(next.slice);
  if (!before) return values;
  for (const p of next.slice.parameters) {
    const typed = typedFor(before, p);
    if (typed) values = withValue(values, p, typed);
  }
  return values;
}

/** Republish, choose an operation, fill in, Invoke, read; again with another client ID (S47-S59). */
export function TestPanel(props: TestPanelProps) {
  const {
    catalog,
    test,
    copy,
    target,
    changedAt,
    blocked,
    callUrl,
    republish,
    listOperations,
    readOperation,
    readCause,
    onClose,
  } = props;
  const router = useRouter();
  const [list, setList] = useState<{ operations: OperationLine[]; more: boolean } | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [operation, setOperation] = useState<TestOperation | null>(null);
  const [values, setValues] = useState<CallValues | null>(null);
  const [pair, setPair] = useState<TestPair>(test ?? NO_PAIR);
  const [, start] = useTransition();
  const { answer, busy, invoke, clear } = useTestCall(callUrl);

  const load = useCallback(
    (filter: string) =>
      start(async () => {
        const got = await listOperations(filter).catch(() => null);
        if (got?.ok) setList(got.data);
      }),
    [listOperations],
  );
  const latest = useRef<string | null>(null);
  const choose = (key: string) => {
    setChosen(key);
    latest.current = key;
    start(async () => {
      const got = await readOperation(key).catch(() => null);
      // Somebody who goes through the list by keyboard wants the last one only.
      if (!got?.ok || latest.current !== key) return;
      setOperation(got.data);
      setValues((before) => carryOver(got.data, before));
      if (got.data.key !== operation?.key) clear();
    });
  };
  const published = target !== null;
  useEffect(() => {
    if (published) load("");
  }, [published, load]);

  const onLive = () => {
    router.refresh();
    // What was just published may declare other parameters; what was typed stays.
    if (operation) choose(operation.key);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (target && operation && values && !busy)
      void invoke({
        target: { ...target, operation: operation.key },
        values,
        clientId: pair.clientId,
        clientSecret: pair.secret,
      });
  };
  const errors = answer?.refused?.fields ?? [];
  const top = useRef<HTMLElement>(null);
  // Where the panel stands below the page, opening it leads there.
  useEffect(() => {
    top.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <aside
      ref={top}
      aria-label="Test"
      className="flex min-h-0 flex-col border-line bg-canvas max-lg:border-t lg:w-[23rem] xl:w-[27rem] lg:shrink-0 lg:border-s"
    >
      <div className="flex h-10 shrink-0 items-center gap-2 border-b border-line ps-4 pe-2">
        <h2 className="font-semibold">Test</h2>
        <span className="text-12 text-ink-3">{catalog}</span>
        <IconButton size="sm" label="Close the test panel" className="ms-auto" onClick={onClose}>
          <X aria-hidden="true" />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-auto">
        <div className="border-b border-line p-4">
          <Republish
            catalog={catalog}
            republish={republish}
            copy={copy}
            changedAt={changedAt}
            blocked={blocked}
            onLive={onLive}
          />
        </div>
        {list && (
          <form onSubmit={onSubmit} noValidate className="grid gap-4 p-4">
            <FormErrorSummary errors={errors} />
            <OperationPicker
              operations={list.operations}
              more={list.more}
              chosen={chosen}
              onChoose={choose}
              onFilter={load}
            />
            {operation && values && (
              <>
                <CredentialFields need={operation.need} pair={pair} test={test} onChange={setPair} />
                <ParameterFields
                  slice={operation.slice}
                  need={operation.need}
                  values={values}
                  onChange={setValues}
                  errorOf={(field) => errors.find((e) => e.field === field)?.message}
                />
                <div>
                  <Button type="submit" variant="primary" busy={busy} icon={<Play aria-hidden="true" />}>
                    Invoke
                  </Button>
                </div>
              </>
            )}
            <CallAnswer answer={answer} readCause={readCause} />
          </form>
        )}
      </div>
    </aside>
  );
}
