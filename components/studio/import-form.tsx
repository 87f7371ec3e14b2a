"use client";

import { FileUp } from "lucide-react";
import { type DragEvent, type FormEvent, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { Sheet } from "#components/ui/table.tsx";
import { TextArea } from "#components/ui/text-area.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { formatBytes } from "#lib/format.ts";
import { useImport } from "./use-import.ts";

type Way = "file" | "paste" | "address";

/** The same bound as the parser's. */
const FILE_BYTES_MAX = 5 * 1024 * 1024;

/** Import by file, paste or address; what was chosen or typed stays when it is refused (S36). */
export function ImportForm({ organization }: { organization: string }) {
  const [way, setWay] = useState<Way>("file");
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState("");
  const [url, setUrl] = useState("");
  const [missing, setMissing] = useState<string>();
  const { run, step, error, clear } = useImport(organization);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (step) return;
    setMissing(undefined);
    if (way === "file") {
      if (!file) return setMissing("Choose a file");
      if (file.size > FILE_BYTES_MAX) return setMissing(`The file has ${formatBytes(file.size)}; 5 MB is the most.`);
      return run({ source: await file.text() });
    }
    if (way === "paste") return text.trim() ? run({ source: text }) : setMissing("Paste a definition");
    return url.trim() ? run({ url: url.trim() }) : setMissing("Enter an address");
  };
  const change = (next: string) => {
    setWay(next as Way);
    setMissing(undefined);
    clear();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Sheet pad className="grid max-w-[48rem] gap-4">
        <Segmented
          label="Import from"
          name="way"
          value={way}
          onChange={change}
          className="justify-self-start"
          choices={[
            { value: "file", label: "File" },
            { value: "paste", label: "Paste" },
            { value: "address", label: "Address" },
          ]}
        />
        {way === "file" && (
          <Field name="file" label="Definition file" error={missing} group>
            <FileDrop file={file} onFile={setFile} invalid={missing !== undefined} />
          </Field>
        )}
        {way === "paste" && (
          <Field name="source" label="Definition" error={missing}>
            <TextArea
              mono
              rows={14}
              value={text}
              placeholder={"openapi: 3.0.3\ninfo:\n  title: …"}
              onChange={(event) => setText(event.target.value)}
            />
          </Field>
        )}
        {way === "address" && (
          <Field
            name="url"
            label="Definition address"
            hint="An http or https address that the portal can reach; it is fetched once."
            error={missing}
          >
            <TextInput
              mono
              inputMode="url"
              placeholder="https://example.com/openapi.yaml"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          </Field>
        )}
        {error && (
          <div role="alert">
            <Note tone="bad" title="Not imported.">
              {error.lines.length > 0 ? (
                <ul>
                  {error.lines.map((line) => (
                    <li key={line}>{line}</li>
                  ))}
                </ul>
              ) : (
                error.message
              )}
            </Note>
          </div>
        )}
        {step && <Progress label={step} />}
        <div>
          <Button type="submit" variant="primary" busy={step !== null}>
            Import API
          </Button>
        </div>
      </Sheet>
    </form>
  );
}

interface FileDropProps {
  file: File | null;
  onFile: (file: File) => void;
  invalid: boolean;
}

function FileDrop({ file, onFile, invalid }: FileDropProps) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null) => {
    const first = files?.[0];
    if (first) onFile(first);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button inside does the same
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      className={cx(
        "flex flex-wrap items-center gap-3 rounded-1 border border-dashed p-4",
        over ? "border-accent bg-accent-tint" : invalid ? "border-bad" : "border-line-strong",
      )}
    >
      <input
        ref={input}
        type="file"
        accept=".yaml,.yml,.json,application/json,application/yaml,text/yaml"
        aria-label="Definition file"
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => take(event.target.files)}
      />
      <Button icon={<FileUp aria-hidden="true" />} onClick={() => input.current?.click()}>
        Choose file
      </Button>
      <span className="min-w-0 text-ink-2 wrap-anywhere">
        {file ? `${file.name}, ${formatBytes(file.size)}` : "or drop it here. YAML or JSON."}
      </span>
    </div>
  );
}
