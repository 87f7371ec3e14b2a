"use client";

import { useRouter } from "next/navigation";
import { signIn } from "next-auth/react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { textOf, useActionForm } from "#components/ui/use-action-form.ts";
import { paths } from "#lib/paths.ts";

/** A map: what stands in an address may be `constructor` (T17). */
const messages = new Map(
  Object.entries({
    INPUT_INVALID: "Enter your e-mail address and your password.",
    SIGN_IN_REQUIRED: "The e-mail address or the password is not right.",
    TOO_MANY_ATTEMPTS:
      "Too many wrong passwords for this account from here. Wait 15 minutes, or sign in from another network.",
    OVERLOADED: "Many people are signing in right now. Try again in a moment.",
  }),
);

const wordsOf = (code: string): string => messages.get(code) ?? "Sign-in failed on our side. Try again in a moment.";

/** next-auth's answer in the shape of our actions. */
async function attempt(input: { email: string; password: string }) {
  const fields = [
    ...(input.email.trim() === "" ? [{ field: "email", message: "Enter your e-mail address" }] : []),
    ...(input.password === "" ? [{ field: "password", message: "Enter your password" }] : []),
  ];
  if (fields.length > 0) return { ok: false as const, code: "INPUT_INVALID", message: "", fields };
  const answer = await signIn("credentials", { ...input, redirect: false });
  if (answer?.ok && !answer.error) return { ok: true as const, data: null };
  const code = answer?.error ?? "INTERNAL";
  return {
    ok: false as const,
    code,
    message: wordsOf(code),
    fields: [],
  };
}

interface SignInFormProps {
  next: string;
  /** Code of a refusal, where the form was posted without scripts. */
  refused: string | undefined;
}

/** E-mail address and password; leads to `next` afterwards. Works without scripts as well, by a post of the form. */
export function SignInForm({ next, refused }: SignInFormProps) {
  const router = useRouter();
  const said = refused === undefined ? undefined : wordsOf(refused);
  const form = useActionForm(attempt, {
    read: (data) => ({ email: textOf(data, "email"), password: textOf(data, "password") }),
    onDone: () => {
      router.push(next);
      router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate method="post" action={paths.signInForm()} className="grid gap-4">
      <FormErrorSummary errors={form.errors.fields} message={form.errors.message ?? (form.tried ? undefined : said)} />
      <input type="hidden" name="next" value={next} />
      <Field label="E-mail address" name="email" error={form.errorOf("email")}>
        <TextInput type="email" autoComplete="username" />
      </Field>
      <Field label="Password" name="password" error={form.errorOf("password")}>
        <TextInput type="password" autoComplete="current-password" />
      </Field>
      <Button type="submit" variant="primary" size="lg" busy={form.pending}>
        Sign in
      </Button>
    </form>
  );
}
