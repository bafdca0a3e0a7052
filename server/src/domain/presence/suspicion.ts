// When half of everybody goes silent at once, it is more likely us: our line, our machine. Nobody is called offline for that.

export type Crowd = {
  /** Connected right now. */
  readonly connected: number;
  /** Went silent without a word, and are not called gone yet; the site of each. */
  readonly silentSites: readonly string[];
};

/** Fewer are a coincidence, or a site of their own. */
const LEAST_DEVICES = 10;
const LEAST_SITES = 2;
const SHARE = 0.5;

export const suspectsItself = ({ connected, silentSites }: Crowd): boolean =>
  silentSites.length >= LEAST_DEVICES &&
  new Set(silentSites).size >= LEAST_SITES &&
  silentSites.length >= SHARE * (connected + silentSites.length);
