import { catalogue, type ErrorCode } from "./catalogue.ts";

/** One wrong field of an input: its path in the form (`plans.0.name`) and what to do. */
export interface FieldError {
  field: string;
  message: string;
}

/**
 * The one error that use cases throw on purpose. `detail` is public: what a person reads; `cause` is for the log only.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly fields: FieldError[];
  /** What Next shows the error page of an error, for those that it has words for. */
  readonly digest?: string;

  constructor(code: ErrorCode, options: { detail?: string; fields?: FieldError[]; cause?: unknown } = {}) {
    const detail = options.detail ?? options.fields?.[0]?.message ?? catalogue[code].detail;
    super(`${code}: ${detail}`, { cause: options.cause });
    this.code = code;
    this.status = catalogue[code].status;
    this.detail = detail;
    this.fields = options.fields ?? [];
    if (code === "DATABASE_AWAY") this.digest = code;
  }
}

/** A 422 about one field of the form. */
export const fieldError = (field: string, message: string): AppError =>
  new AppError("INPUT_INVALID", { fields: [{ field, message }] });

export const notFound = (): AppError => new AppError("NOT_FOUND");

/** RFC 9457 body of an error; nothing but public text. */
export function toProblem(error: AppError, requestId?: string) {
  return {
    type: `/errors/${error.code}`,
    title: catalogue[error.code].title,
    status: error.status,
    detail: error.detail,
    code: error.code,
    ...(error.fields.length > 0 && { errors: error.fields }),
    ...(requestId && { requestId }),
  };
}
