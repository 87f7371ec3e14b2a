"use client";

import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";

interface OrganizationFieldProps {
  organizations: { id: string; name: string }[];
  error?: string;
}

/** Which organization owns it. With only one there is nothing to choose, and the field says nothing. */
export function OrganizationField({ organizations, error }: OrganizationFieldProps) {
  const [first] = organizations;
  if (organizations.length === 1 && first) return <input type="hidden" name="organizationId" value={first.id} />;
  return (
    <Field
      label="Organization"
      name="organizationId"
      error={error}
      hint="It owns the application: people come and go, the application stays."
    >
      <Select
        defaultValue={first?.id}
        options={organizations.map((organization) => ({ value: organization.id, label: organization.name }))}
      />
    </Field>
  );
}
