/** A refusal in the form of RFC 6749, 5.2. */
export interface TokenRefusal {
  error: "invalid_request" | "invalid_client" | "invalid_grant" | "unsupported_grant_type" | "invalid_scope";
  /** Printable ASCII without quotes and backslashes, for people. */
  description: string;
  status?: number;
  headers?: Record<string, string>;
}

export interface TokenAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** RFC 6749 5.1 asks for both of the last two. */
const HEADERS = { "Content-Type": "application/json", "Cache-Control": "no-store", Pragma: "no-cache" };

export function tokenRefused({ error, description, status = 400, headers }: TokenRefusal): TokenAnswer {
  return {
    status,
    headers: { ...HEADERS, ...headers },
    body: JSON.stringify({ error, error_description: description }),
  };
}

export function tokenIssued(issued: {
  access_token: string;
  expires_in: number;
  expiration: number;
  scope: string;
}): TokenAnswer {
  const { access_token, ...rest } = issued;
  return { status: 200, headers: HEADERS, body: JSON.stringify({ access_token, token_type: "Bearer", ...rest }) };
}
