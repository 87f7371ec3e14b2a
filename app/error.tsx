"use client";

import { Button } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";

/** The last resort of a page: what is known, what is safe, what to do. Nothing of the error itself but its number. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  if (error.digest === "DATABASE_AWAY") {
    return (
      <div className="mx-auto max-w-[42rem] p-8">
        <h1 className="mb-3 text-22 font-650">The database does not answer</h1>
        <Note
          tone="bad"
          title="The portal waited five seconds for its database, then gave up."
          action={<Button onClick={reset}>Try again</Button>}
        >
          Calls through the gateway go on without it.
        </Note>
      </div>
    );
  }
  return (
    <div className="mx-auto max-w-[42rem] p-8">
      <h1 className="mb-3 text-22 font-650">This page failed</h1>
      <Note
        tone="bad"
        title="The portal could not build this page."
        action={<Button onClick={reset}>Try again</Button>}
      >
        Nothing was changed. Calls through the gateway are not affected.
        {error.digest && (
          <>
            {" "}
            Number <code>{error.digest}</code> is in the portal's log.
          </>
        )}
      </Note>
    </div>
  );
}
