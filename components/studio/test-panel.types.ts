import type { OperationSlice } from "#lib/api-definition/compiled.ts";
import type { CredentialNeed } from "#lib/explore/request.rules.ts";

export interface OperationLine {
  key: string;
  method: string;
  path: string;
  summary: string;
}

/** What the parameter form is made of. */
export interface TestOperation extends OperationLine {
  need: CredentialNeed;
  slice: OperationSlice;
}

/** The sandbox's test values (S51); null where the role may not see them. */
export interface TestPair {
  clientId: string;
  secret: string;
  /** The ID of the key that sealed the test secret and is missing: `secret` is empty then. */
  missingKeyId?: string | null;
}
