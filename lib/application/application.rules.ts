/** Applications of one organization; a bound, so that a script in a loop cannot fill the gateways' memory. */
export const applicationsMax = 500;

export type ApplicationState = "active" | "suspended";

/** Deleting asks for the name, as typed on the page; spaces around it do not count. */
export const confirmsDeletion = (typed: string, name: string): boolean => typed.trim() === name;

/** Name of the credential that is made with an application. */
export const firstCredentialName = "default";
