"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { EnvironmentField } from "#components/credential/credential-fields.tsx";
import { SecretDialog } from "#components/credential/secret-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Sheet } from "#components/ui/table.tsx";
import { TextArea } from "#components/ui/text-area.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { type ActionAnswer, textOf, useActionForm } from "#components/ui/use-action-form.ts";
import type { RegisterApplicationInput } from "#lib/application/application.schema.ts";
import type { Environment, ShownOnce } from "#lib/credential/credential.schema.ts";
import { paths } from "#lib/paths.ts";
import { OrganizationField } from "./organization-field.tsx";

interface Registered {
  applicationId: string;
  name: string;
  credential: ShownOnce;
}

interface RegisterFormProps {
  organizations: { id: string; name: string }[];
  action: (input: RegisterApplicationInput) => Promise<ActionAnswer<Registered>>;
}

/** Name, description and environment of a new application (S17, S33); its secret is shown once, then its page opens. */
export function RegisterForm({ organizations, action }: RegisterFormProps) {
  const router = useRouter();
  const [made, setMade] = useState<Registered>();
  const form = useActionForm(action, {
    read: (data): RegisterApplicationInput => ({
      organizationId: textOf(data, "organizationId"),
      name: textOf(data, "name"),
      description: textOf(data, "description"),
      environment: textOf(data, "environment") as Environment,
    }),
    onDone: setMade,
  });
  return (
    <Sheet pad className="max-w-[36rem]">
      <form onSubmit={form.onSubmit} noValidate className="grid gap-4">
        <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
        <Field
          label="Name"
          name="name"
          error={form.errorOf("name")}
          hint="What calls the API: Storefront, Billing job."
        >
          <TextInput maxLength={80} autoFocus />
        </Field>
        <Field label="Description" name="description" optional error={form.errorOf("description")}>
          <TextArea rows={2} maxLength={500} />
        </Field>
        <OrganizationField organizations={organizations} error={form.errorOf("organizationId")} />
        <EnvironmentField defaultValue="sandbox" />
        <div>
          <Button type="submit" variant="primary" busy={form.pending}>
            Register application
          </Button>
        </div>
      </form>
      {made && (
        <SecretDialog
          shown={made.credential}
          name={made.name}
          onDone={() => router.push(paths.application(made.applicationId))}
        />
      )}
    </Sheet>
  );
}
