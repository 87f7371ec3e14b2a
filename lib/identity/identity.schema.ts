import { z } from "zod";
import { name, text } from "#lib/text.schema.ts";

/** E-mail addresses are compared in lower case. */
export const emailInput = text()
  .trim()
  .toLowerCase()
  .pipe(
    z.email("Enter an e-mail address like mira@example.com").max(254, "An e-mail address has at most 254 characters"),
  );

/** Length beats composition rules (NIST SP 800-63B); the upper bound keeps hashing bounded. */
export const passwordInput = text().min(12, "Use at least 12 characters").max(200, "Use at most 200 characters");

export const personNameInput = name().min(1, "Enter your name").max(100, "Use at most 100 characters");

export const signUpInput = z.strictObject({
  name: personNameInput,
  email: emailInput,
  password: passwordInput,
  /** Name of the person's first organization; empty = named after the person. */
  organization: name().max(80, "Use at most 80 characters").default(""),
});

export const signInInput = z.strictObject({
  email: emailInput,
  password: text().min(1, "Enter your password").max(200, "Use at most 200 characters"),
});

export const changePasswordInput = z.strictObject({
  current: text().min(1, "Enter your current password").max(200, "Use at most 200 characters"),
  password: passwordInput,
});

export const endSessionInput = z.strictObject({ sessionId: z.uuid() });

export const noInput = z.strictObject({});

export type SignUpInput = z.infer<typeof signUpInput>;
export type SignInInput = z.infer<typeof signInInput>;
export type EndSessionInput = z.infer<typeof endSessionInput>;
export type ChangePasswordInput = z.infer<typeof changePasswordInput>;
