import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The arguments that a real bash hands to `curl`, each ended by NUL. */
async function argumentsOf(line: string, environment: NodeJS.ProcessEnv): Promise<string[]> {
  const script = `curl() { printf '%s\\0' "$@"; }\n${line}`;
  const { stdout } = await run("bash", ["--norc", "-c", script], { env: environment });
  return stdout.split("\0").slice(0, -1);
}

/** Sends what curl was told to send; knows the options that our pages use. */
async function send(words: readonly string[]): Promise<string> {
  let url = "";
  const init: { method?: string; headers: Headers; body?: string } = { headers: new Headers() };
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? "";
    if (!word.startsWith("-")) {
      url = word;
      continue;
    }
    const value = words[i + 1] ?? "";
    i += 1;
    if (word === "-H")
      init.headers.append(value.slice(0, value.indexOf(":")), value.slice(value.indexOf(":") + 1).trim());
    else if (word === "-X") init.method = value;
    else if (word === "--data-raw") init.body = value;
    else throw new Error(`the line has the option ${word}, which is not known here`);
  }
  if (init.body !== undefined) init.method ??= "POST";
  return (await fetch(url, init)).text();
}

/**
 * Runs a `curl` line as a person would, and returns the body of the answer. A bare Debian has no curl: there a real
 * shell still takes the line apart, and the call is sent with what came out.
 */
export async function runCurl(line: string, variables: Record<string, string>): Promise<string> {
  const environment = { ...process.env, ...variables };
  try {
    await run("curl", ["--version"]);
  } catch {
    return send(await argumentsOf(line, environment));
  }
  const { stdout } = await run("bash", ["-c", line.replace("curl", "curl -s")], { env: environment });
  return stdout;
}
