/** Errors of the portal and the management API: code -> status, title, and the text a person reads when nothing more exact is known. */
export const catalogue = {
  INPUT_INVALID: { status: 422, title: "Unprocessable content", detail: "Some of what you entered is not valid." },
  DEFINITION_INVALID: { status: 422, title: "Unprocessable content", detail: "The API definition has errors." },
  SIGN_IN_REQUIRED: { status: 401, title: "Unauthorized", detail: "Sign in to go on." },
  FORBIDDEN: { status: 403, title: "Forbidden", detail: "Your role does not allow this." },
  NOT_FOUND: { status: 404, title: "Not found", detail: "There is nothing here, or you may not see it." },
  CONFLICT: { status: 409, title: "Conflict", detail: "It was changed in the meantime." },
  NAME_TAKEN: { status: 409, title: "Conflict", detail: "The name is taken." },
  STATE_INVALID: { status: 409, title: "Conflict", detail: "This is not possible in the present state." },
  TOO_MANY_ATTEMPTS: { status: 429, title: "Too many requests", detail: "Too many attempts. Wait a few minutes." },
  FETCH_FAILED: { status: 422, title: "Unprocessable content", detail: "The address could not be fetched." },
  OVERLOADED: { status: 503, title: "Service unavailable", detail: "Too much at once. Try again in a moment." },
  DATABASE_AWAY: {
    status: 503,
    title: "Service unavailable",
    detail: "The database did not answer within five seconds. Try again in a moment.",
  },
  NOT_LIVE: {
    status: 503,
    title: "Service unavailable",
    detail: "The change is saved, but not every gateway has confirmed it yet.",
  },
  INTERNAL: { status: 500, title: "Internal server error", detail: "This failed on our side. Nothing was changed." },
} as const satisfies Record<string, { status: number; title: string; detail: string }>;

export type ErrorCode = keyof typeof catalogue;
