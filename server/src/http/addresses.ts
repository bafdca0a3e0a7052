// The names that this server goes by: requests for another name, or from pages of another origin, are not for us.

export type Addresses = {
  readonly url: string;
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
};

export type Listening = {
  readonly host: string;
  /** Only this machine can reach it, by any of the usual names. */
  readonly isLoopback: boolean;
  readonly port: number;
  readonly isTls: boolean;
  /** As people and agents reach it, where that differs. */
  readonly publicUrl: string | undefined;
};

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

export const addressesOf = ({ host, isLoopback, port, isTls, publicUrl }: Listening): Addresses => {
  const scheme = isTls ? 'https' : 'http';
  const names = isLoopback ? [host, ...LOOPBACK] : [host];
  const own = names.map((name) => new URL(`${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`));
  const all = publicUrl === undefined ? own : [new URL(publicUrl), ...own];
  return {
    url: all[0]?.origin ?? '',
    // a default port is left out of the Host header, as URL leaves it out of `host`
    hosts: new Set(all.map((url) => url.host)),
    origins: new Set(all.map((url) => url.origin)),
  };
};
