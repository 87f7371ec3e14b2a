import NextLink from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";

/** A flat plate with a hairline: tables, forms, lists. `pad` gives the inner 16 px. */
export function Sheet({ pad, className, ...rest }: ComponentProps<"div"> & { pad?: boolean }) {
  return <div {...rest} className={cx("min-w-0 rounded-2 border border-line bg-surface", pad && "p-4", className)} />;
}

/** A table in a sheet. `label` names it for readers. Below 768 px each row becomes a block of labelled lines. */
export function Table({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <Sheet className={cx("relative overflow-x-auto", className)}>
      <table aria-label={label} className="table-blocks w-full border-collapse">
        {children}
      </table>
    </Sheet>
  );
}

interface ThProps extends ComponentProps<"th"> {
  numeric?: boolean;
  /** A link that sorts by this column, and the direction that it has now. */
  sortHref?: string;
  sorted?: "ascending" | "descending";
  /** The head of a column of buttons: read out, not shown. */
  hidden?: boolean;
}

/** A column head, 12 px. */
export function Th({ numeric, sortHref, sorted, hidden, className, children, ...rest }: ThProps) {
  const arrow = sorted === "ascending" ? " ↑" : sorted === "descending" ? " ↓" : "";
  return (
    <th
      scope="col"
      aria-sort={sorted}
      {...rest}
      className={cx("text-12 font-medium whitespace-nowrap text-ink-3", numeric && "!text-end", className)}
    >
      {hidden ? (
        <span className="sr-only">{children}</span>
      ) : sortHref ? (
        <NextLink href={sortHref} className="hover:text-ink">
          {children}
          <span aria-hidden="true">{arrow}</span>
        </NextLink>
      ) : (
        children
      )}
    </th>
  );
}

interface TdProps extends ComponentProps<"td"> {
  /** The column's head, repeated before the value below 768 px; leave out on the cell that names the row. */
  label?: string;
  /** The cell that names the row: readers say it before each other cell of the row. */
  names?: boolean;
  numeric?: boolean;
  mono?: boolean;
}

/** A cell. Numbers stand right in mono; below 768 px it is one line, `label` before its value. */
export function Td({ label, names, numeric, mono, className, ...rest }: TdProps) {
  const Cell = names ? "th" : "td";
  return (
    <Cell
      data-label={label}
      {...(names && { scope: "row" })}
      {...rest}
      className={cx(
        "align-middle",
        (numeric || mono) && "font-mono text-code",
        numeric && "md:!text-end md:whitespace-nowrap",
        className,
      )}
    />
  );
}

/** The link to what a row tells of; pointing at it marks the whole row. */
export function RowLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <NextLink data-row-link href={href} className="font-semibold wrap-anywhere hover:underline">
      {children}
    </NextLink>
  );
}

/** In place of rows where a search found none. */
export function NoRows({ columns, children }: { columns: number; children: ReactNode }) {
  return (
    <tr>
      <Td colSpan={columns} className="text-ink-2">
        {children}
      </Td>
    </tr>
  );
}
