/** This machine lacks what is tried with: told in one line, and no verdict on what was to be tried. */
export class MissingError extends Error {}
