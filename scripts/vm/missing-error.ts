/** This machine lacks what the guest is made of: told in one line, and no verdict on the agent. */
export class MissingError extends Error {}
