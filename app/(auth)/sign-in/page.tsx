import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { currentActor } from "#app/_server/actor.ts";
import { readNext, readRefused } from "#app/_server/next-path.ts";
import { SignInForm } from "#components/identity/sign-in-form.tsx";
import { AuthShell } from "#components/shell/auth-shell.tsx";
import { paths } from "#lib/paths.ts";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const next = readNext(await searchParams, paths.home());
  const refused = readRefused(await searchParams);
  if ((await currentActor()).kind === "user") redirect(next);
  return (
    <AuthShell
      title="Sign in"
      footer={
        <>
          No account yet?{" "}
          <Link href={paths.signUp(next)} className="link">
            Create one
          </Link>
        </>
      }
    >
      <SignInForm next={next} refused={refused} />
    </AuthShell>
  );
}
