"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};
const TODAY = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const OTHER = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const UTC = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

/** "14:33" of today, "3 Mar, 14:33" of another day, by the person's own clock. */
export function sayClock(at: Date): string {
  return (at.toDateString() === new Date().toDateString() ? TODAY : OTHER).format(at);
}

/** A moment as people say it beside their work; the server, which does not know their clock, says it in UTC. */
export function ClockTime({ at }: { at: string }) {
  const date = new Date(at);
  const text = useSyncExternalStore(
    never,
    () => sayClock(date),
    () => `${UTC.format(date)} UTC`,
  );
  return <time dateTime={at}>{text}</time>;
}
