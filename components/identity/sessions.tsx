"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import { formatMoment, plural } from "#lib/format.ts";

interface SessionsProps {
  sessions: { id: string; browser: string; createdAt: Date; lastSeenAt: Date; current: boolean }[];
  end: (input: { sessionId: string }) => Promise<ActionAnswer<null>>;
  endOthers: () => Promise<ActionAnswer<{ endedSessions: number }>>;
}

/** Where the person is signed in, each to be ended by a button; the session that looks is ended by signing out. */
export function Sessions({ sessions, end, endOthers }: SessionsProps) {
  const router = useRouter();
  const [busy, setBusy] = useState<string>();
  const [said, setSaid] = useState<{ tone: "ok" | "bad"; text: string }>();
  const run = async (id: string, work: () => Promise<{ tone: "ok" | "bad"; text: string }>) => {
    if (busy) return;
    setBusy(id);
    setSaid(await work().catch(() => ({ tone: "bad" as const, text: "The portal did not answer. Try again." })));
    setBusy(undefined);
    router.refresh();
  };
  const endOne = (sessionId: string, browser: string) =>
    run(sessionId, async () => {
      const answer = await end({ sessionId });
      return answer.ok
        ? { tone: "ok", text: `The session of ${browser} has ended.` }
        : { tone: "bad", text: answer.message };
    });
  const endAll = () =>
    run("others", async () => {
      const answer = await endOthers();
      return answer.ok
        ? { tone: "ok", text: `${plural(answer.data.endedSessions, "session")} ended.` }
        : { tone: "bad", text: answer.message };
    });
  return (
    <div className="grid gap-3">
      <Table label="Sessions">
        <thead>
          <tr>
            <Th>Browser</Th>
            <Th>Signed in</Th>
            <Th>Last used</Th>
            <Th hidden>Actions</Th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session, index) => (
            <tr key={session.id}>
              <Td names className="font-semibold">
                {session.browser}
              </Td>
              <Td label="Signed in">{formatMoment(session.createdAt)}</Td>
              <Td label="Last used">{session.current ? "Now" : formatMoment(session.lastSeenAt)}</Td>
              <Td className="md:text-end">
                {session.current ? (
                  <span className="text-ink-3">This browser</span>
                ) : (
                  <Button
                    variant="ghost"
                    size="sm"
                    busy={busy === session.id}
                    // Two of one browser may begin in one minute.
                    aria-label={`End session ${index + 1} of ${sessions.length}, ${session.browser}, signed in ${formatMoment(session.createdAt)}`}
                    onClick={() => void endOne(session.id, session.browser)}
                  >
                    End
                  </Button>
                )}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {sessions.length > 2 && (
        <div>
          <Button busy={busy === "others"} onClick={() => void endAll()}>
            End all other sessions
          </Button>
        </div>
      )}
      <div role="status">{said && <Note tone={said.tone}>{said.text}</Note>}</div>
    </div>
  );
}
