/** Applications of one organization; a bound, so that a script in a loop cannot fill the gateways' memory. */
export const applicationsMax = 500;

export type ApplicationState = "active" | "suspended";

/** How a state reads on a page, and whether the gateway lets calls of the application pass. */
export const applicationStates = {
  active: { title: "Active", callsPass: true },
  suspended: { title: "Suspended", callsPass: false },
} as const satisfies Record<ApplicationState, { title: string; callsPass: boolean }>;

/** Deleting asks for the name, as typed on the page; spaces around it do not count. */
export const confirmsDeletion = (typed: string, name: string): boolean => typed.trim() === name;

/** Name of the credential that is made with an application. */
export const firstCredentialName = "default";
