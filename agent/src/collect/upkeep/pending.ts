/** An update that could be installed. */
export type Pending = {
  readonly name: string;
  readonly to: string;
  /** The version that is installed, where the tool says it. */
  readonly from?: string;
  readonly isSecurity: boolean;
};

/** More than any system has packages. */
export const PENDING_MAX = 10_000;
