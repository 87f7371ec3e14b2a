import { seal } from "#lib/crypto/seal.ts";
import { fieldError } from "#lib/errors/app-error.ts";
import { checkBackendAddress } from "#lib/net/backend-address.ts";
import type { BackendAuthKind, BackendSettings } from "./backend.schema.ts";

/** What a kind sends in headers, its secret apart; what another kind needs is emptied. */
interface SignIn {
  authKind: BackendAuthKind;
  username: string;
  headerName: string;
  tokenUrl: string;
  tokenScope: string;
  tokenAuthStyle: BackendSettings["tokenAuthStyle"];
}

/** Checks what the chosen kind needs. Throws INPUT_INVALID beside `username`, `headerName` or `tokenUrl`. */
export async function checkSignIn(input: BackendSettings): Promise<SignIn> {
  const { authKind, username, headerName } = input;
  const signIn: SignIn = {
    authKind,
    username: "",
    headerName: "",
    tokenUrl: "",
    tokenScope: "",
    tokenAuthStyle: "basic",
  };
  if (authKind === "basic") {
    if (username === "") throw fieldError("username", "Enter the user name of the functional ID.");
    return { ...signIn, username };
  }
  if (authKind === "header") {
    if (headerName === "") throw fieldError("headerName", "Enter the name of the header.");
    return { ...signIn, headerName };
  }
  if (authKind === "oauth") {
    if (input.tokenUrl === "") throw fieldError("tokenUrl", "Enter the address of the token endpoint.");
    const tokenUrl = await checkBackendAddress(input.tokenUrl, "tokenUrl");
    if (username === "") throw fieldError("username", "Enter the client ID.");
    const { tokenScope, tokenAuthStyle } = input;
    return { ...signIn, username, tokenUrl, tokenScope, tokenAuthStyle };
  }
  return signIn;
}

const SECRET: Record<Exclude<BackendAuthKind, "none">, string> = {
  basic: "the password",
  header: "the header's value",
  oauth: "the client secret",
};

interface Stored {
  url: string;
  authKind: BackendAuthKind;
  tokenUrl: string;
  sealKeyId: string | null;
}

/** The password's columns: sealed for the row `id`, kept, or cleared. Throws INPUT_INVALID beside `password`. */
export function passwordColumns(
  id: string,
  next: Pick<SignIn, "authKind" | "tokenUrl"> & { url: string },
  password: string,
  stored: Stored | null,
) {
  const { authKind } = next;
  if (authKind === "none") return { sealedPassword: null, sealKeyId: null };
  if (password !== "") {
    const sealed = seal(password, id);
    return { sealedPassword: sealed.box, sealKeyId: sealed.keyId };
  }
  if (!stored?.sealKeyId || stored.authKind !== authKind) throw fieldError("password", `Enter ${SECRET[authKind]}.`);
  // It goes to the hosts that it was entered for: else whoever may edit could have it sent to their own (S14).
  if (!sameOrigin(stored.url, next.url) || !sameOrigin(stored.tokenUrl, next.tokenUrl))
    throw fieldError("password", `Enter ${SECRET[authKind]} again: the address leads to another host.`);
  return {};
}

const sameOrigin = (a: string, b: string): boolean =>
  a === b || (a !== "" && b !== "" && new URL(a).origin === new URL(b).origin);
