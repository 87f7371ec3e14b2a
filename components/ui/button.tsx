import NextLink from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";
import { Spinner } from "./spinner.tsx";

export type ButtonVariant = "primary" | "line" | "ghost" | "danger";
export type ButtonSize = "sm" | "md" | "lg";

interface Look {
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: ReactNode;
  /** Under way: keeps width and label, shows a spinner after 300 ms, takes no second press. */
  busy?: boolean;
}

const variants: Record<ButtonVariant, string> = {
  primary: "border-transparent bg-accent text-accent-ink hover:bg-accent-hover",
  line: "border-line-strong bg-surface text-ink hover:bg-hover",
  ghost: "border-transparent text-ink-2 hover:bg-hover hover:text-ink",
  danger: "border-transparent bg-bad-fill text-bad-ink hover:bg-bad-fill/90",
};
const sizes: Record<ButtonSize, string> = {
  sm: "min-h-control-sm gap-[5px] px-2 text-12 [&_svg]:size-3.5",
  md: "min-h-control gap-[7px] px-3 text-13 [&_svg]:size-4",
  lg: "min-h-[max(2.25rem,var(--h-control))] gap-2 px-4 text-13 [&_svg]:size-4",
};

/** The classes of a button, for elements that are not one of the three below (a react-aria trigger). */
export const buttonClass = (variant: ButtonVariant = "line", size: ButtonSize = "md", extra?: string): string =>
  cx(
    "relative inline-flex items-center justify-center rounded-1 border text-center font-550",
    "transition-colors duration-(--d-1) md:whitespace-nowrap [&_svg]:shrink-0 [&_svg]:stroke-[1.75]",
    "disabled:border-line disabled:bg-sunken disabled:text-ink-off",
    variants[variant],
    sizes[size],
    extra,
  );

function Content({ icon, busy, children }: { icon?: ReactNode; busy?: boolean; children: ReactNode }) {
  if (!busy)
    return (
      <>
        {icon}
        {children}
      </>
    );
  // With an icon the spinner takes its place; without one it lies over the label, which keeps its width and its name.
  return icon ? (
    <>
      <span className="grid place-items-center">
        <span className="animate-leave [grid-area:1/1]">{icon}</span>
        <Spinner className="[grid-area:1/1]" />
      </span>
      {children}
    </>
  ) : (
    <>
      <span className="animate-leave">{children}</span>
      <Spinner className="absolute inset-0 m-auto" />
    </>
  );
}

/** A plain button: verb + noun. `line` unless told; one `primary` a pane; `danger` only in a confirming dialog. */
export function Button({
  variant,
  size,
  icon,
  busy,
  type = "button",
  className,
  children,
  ...rest
}: Look & ComponentProps<"button">) {
  return (
    <button
      {...rest}
      // aria-disabled instead of disabled: a busy button keeps the focus; as type=button it cannot submit twice.
      type={busy ? "button" : type}
      onClick={busy ? undefined : rest.onClick}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      className={buttonClass(variant, size, className)}
    >
      <Content icon={icon} busy={busy}>
        {children}
      </Content>
    </button>
  );
}

/** A link that looks like a button. */
export function LinkButton({
  variant,
  size,
  icon,
  className,
  children,
  ...rest
}: Omit<Look, "busy"> & ComponentProps<typeof NextLink>) {
  return (
    <NextLink {...rest} className={buttonClass(variant, size, className)}>
      {icon}
      {children}
    </NextLink>
  );
}

/** A square button of one icon; `label` is its name for readers and its tooltip. */
export function IconButton({
  label,
  variant = "ghost",
  size = "md",
  busy,
  className,
  children,
  ...rest
}: Omit<Look, "icon"> & { label: string } & ComponentProps<"button">) {
  const square = size === "sm" ? "w-control-sm px-0" : "w-control px-0";
  return (
    <Button
      {...rest}
      variant={variant}
      size={size}
      busy={busy}
      aria-label={label}
      title={label}
      className={cx(square, className)}
    >
      {children}
    </Button>
  );
}
