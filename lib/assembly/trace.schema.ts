/** What a trace shows of the message, without credentials. */
export interface TraceMessage {
  /** 0: no answer yet. */
  status: number;
  headers: [string, string][];
  /** The beginning of the body; null: the gateway did not hold it. */
  body: string | null;
}

/** One policy of a traced call. */
export interface TraceStep {
  title: string;
  kind: string;
  /** 0 for execute, catch and finally; more below a switch. */
  depth: number;
  ms: number;
  before: TraceMessage;
  after: TraceMessage;
  /** Name and words of the error with which it ended; null: it went well. */
  error: string | null;
}
