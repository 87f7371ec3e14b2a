/** `npm run faults` sets FAULTS=full: the figures of the contract. `npm test` takes minutes, not hours, and shows the same in small. */
export const isFull = process.env.FAULTS === "full";
