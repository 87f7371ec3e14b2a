import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { currentActor } from "#app/_server/actor.ts";
import { readNext } from "#app/_server/next-path.ts";
import { SignUpForm } from "#components/identity/sign-up-form.tsx";
import { AuthShell } from "#components/shell/auth-shell.tsx";
import { readInvitation } from "#lib/organization/accept-invitation.ts";
import { paths } from "#lib/paths.ts";
import { signUpAction } from "./actions.ts";

export const metadata: Metadata = { title: "Create account" };

/** The invitation whose link the person comes by: it is the proof of its address. */
async function invitationOf(next: string): Promise<{ token: string; email: string } | undefined> {
  const token = /^\/invitations\/([\w-]+)$/.exec(next)?.[1];
  const invitation = token && (await readInvitation(token).catch(() => null));
  return invitation ? { token, email: invitation.email } : undefined;
}

export default async function SignUpPage({ searchParams }: PageProps<"/sign-up">) {
  const next = readNext(await searchParams, paths.home());
  if ((await currentActor()).kind === "user") redirect(next);
  return (
    <AuthShell
      title="Create account"
      lead="One account to browse, subscribe and call, and to publish APIs of your own."
      footer={
        <>
          You have an account?{" "}
          <Link href={paths.signIn(next)} className="link">
            Sign in
          </Link>
        </>
      }
    >
      <SignUpForm next={next} invitation={await invitationOf(next)} action={signUpAction} />
    </AuthShell>
  );
}
