"use client";

import { useRouter } from "next/navigation";
import { signIn } from "next-auth/react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { textOf, useActionForm } from "#components/ui/use-action-form.ts";

const messages: Record<string, string> = {
  SIGN_IN_REQUIRED: "The e-mail address or the password is not right.",
  TOO_MANY_ATTEMPTS:
    "Too many wrong passwords for this account from here. Wait 15 minutes, or sign in from another network.",
  OVERLOADED: "Many people are signing in right now. Try again in a moment.",
};

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
    message: messages[code] ?? "Sign-in failed on our side. Try again in a moment.",
    fields: [],
  };
}

/** E-mail address and password; leads to `next` afterwards. */
export function SignInForm({ next }: { next: string }) {
  const router = useRouter();
  const form = useActionForm(attempt, {
    read: (data) => ({ email: textOf(data, "email"), password: textOf(data, "password") }),
    onDone: () => {
      router.push(next);
      router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate method="post" className="grid gap-4">
      <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
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
