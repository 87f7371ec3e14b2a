"use client";

import type { ComponentProps } from "react";
import { useFormStatus } from "react-dom";
import { Button } from "./button.tsx";

/** The button that submits its form; busy while the form's action runs. Primary unless told. */
export function SubmitButton({ variant = "primary", busy, ...rest }: ComponentProps<typeof Button>) {
  const { pending } = useFormStatus();
  return <Button {...rest} type="submit" variant={variant} busy={busy || pending} />;
}
