"use client";

import { Check, ChevronsUpDown } from "lucide-react";
import { useRef } from "react";
import { Select as AriaSelect, Button, ListBox, ListBoxItem, Popover, SelectValue } from "react-aria-components";
import { cx } from "./cx.ts";
import { useField, useKeepTyped } from "./field-context.ts";

export interface Option {
  value: string;
  label: string;
  /** A second line: what choosing it means. */
  note?: string;
  disabled?: boolean;
}

interface SelectProps {
  options: Option[];
  /** Needed outside of a Field. */
  name?: string;
  label?: string;
  placeholder?: string;
  defaultValue?: string;
  value?: string;
  onChange?: (value: string) => void;
  disabled?: boolean;
  mono?: boolean;
  className?: string;
}

/** One of more than four. Posts its value under `name` like a native select. */
export function Select(props: SelectProps) {
  const {
    options,
    name,
    label,
    placeholder = "Choose",
    defaultValue,
    value,
    onChange,
    disabled,
    mono,
    className,
  } = props;
  const field = useField();
  const ref = useRef<HTMLDivElement>(null);
  useKeepTyped(ref);
  return (
    <AriaSelect
      ref={ref}
      name={name ?? field?.name}
      aria-label={label}
      aria-labelledby={label ? undefined : field?.labelId}
      aria-describedby={field?.describedBy}
      placeholder={placeholder}
      isDisabled={disabled}
      isInvalid={field?.invalid}
      defaultValue={defaultValue}
      {...(value !== undefined && { value })}
      onChange={(key) => {
        onChange?.(String(key));
        field?.onType(String(key));
      }}
      disabledKeys={options.filter((option) => option.disabled).map((option) => option.value)}
      className={cx("min-w-0", className)}
    >
      <Button
        id={field?.id}
        data-invalid={field?.invalid || undefined}
        className={cx("control flex items-center gap-2 text-start", mono && "font-mono md:text-code")}
      >
        <SelectValue className="min-w-0 flex-1 truncate data-placeholder:text-ink-3">
          {({ isPlaceholder, selectedText }) => (isPlaceholder ? placeholder : selectedText)}
        </SelectValue>
        <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-ink-3" />
      </Button>
      <Popover className="max-h-80 min-w-(--trigger-width) animate-rise overflow-auto rounded-2 bg-raised p-1 shadow-1">
        <ListBox items={options.map((option) => ({ ...option, id: option.value }))} className="outline-none">
          {(option) => (
            <ListBoxItem
              textValue={option.label}
              className="group flex min-h-control cursor-pointer items-center gap-2 rounded-1 px-2 py-1 ring-within data-disabled:text-ink-off data-focused:bg-hover"
            >
              <span className={cx("min-w-0 flex-1", mono && "font-mono text-code")}>
                {option.label}
                {option.note && <span className="block font-sans text-12 text-ink-3">{option.note}</span>}
              </span>
              <Check
                aria-hidden="true"
                className="size-4 shrink-0 text-accent opacity-0 group-data-selected:opacity-100"
              />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
