"use server";

import { readCause, readCauseInput } from "#lib/call-record/read-cause.ts";
import { withAction } from "./with-action.ts";

const read = withAction(readCauseInput, readCause);

/** The exact cause behind a refused call, for Explore and for the test panel. */
export async function readCauseAction(input: { requestId: string; as: "caller" | "provider" }) {
  return read(input);
}
