/** An assembly as a person reads it: what the Assemble tab lists. Pure types. */
export interface AssemblyOutline {
  execute: OutlinePolicy[];
  catches: OutlineBranch[];
  /** Runs in every case, at the end. */
  finally: OutlinePolicy[];
}

export interface OutlinePolicy {
  kind: string;
  /** The kind where the definition gives none. */
  title: string;
  /** The one thing to know about it: target, condition, name of the error; "" when there is nothing. */
  fact: string;
  /** In the source, 1-based. */
  line: number;
  /** What it holds: cases of a switch. */
  branches: OutlineBranch[];
}

export interface OutlineBranch {
  /** When it runs: "If", "For", "On" with what stands in `when`; "Otherwise" alone; "": always. */
  label: string;
  /** The condition, the operations or the errors, as they are written. */
  when: string;
  policies: OutlinePolicy[];
}
