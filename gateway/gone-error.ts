/** The client went away, or sent a body that is framed wrongly and was answered: nothing more is to be done. */
export class GoneError extends Error {}
