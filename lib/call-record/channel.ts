import { createHmac, timingSafeEqual } from "node:crypto";
import { channelKey } from "#lib/crypto/keys.ts";
import { type Channel, channels } from "#lib/usage/usage.rules.ts";

/** In which the portal says that a call is its console's. It never travels on; from anybody else it is ignored. */
export const CHANNEL_HEADER = "X-Portico-Channel";

/** Long enough for clocks that differ; a value that leaked would be worth nothing but a wrong word in a record. */
const LIFETIME_MS = 60_000;

const macOf = (text: string): Buffer =>
  Buffer.from(createHmac("sha256", channelKey().key).update(text).digest("base64url"));

/** The header's value, signed by the installation. */
export function sayChannel(channel: Channel, nowMs = Date.now()): string {
  const text = `${channel}.${nowMs + LIFETIME_MS}`;
  return `${text}.${macOf(text)}`;
}

const SAID = /^(([a-z]{1,10})\.(\d{1,15}))\.([A-Za-z0-9_-]{43})$/;

/** The channel that a header names; "http" unless the installation said so just now. */
export function readChannel(header: string, nowMs = Date.now()): Channel {
  const [, text = "", name = "", until, mac = ""] = SAID.exec(header) ?? [];
  const channel = channels.find((one) => one === name);
  if (!channel || Number(until) < nowMs || !timingSafeEqual(macOf(text), Buffer.from(mac))) return "http";
  return channel;
}
