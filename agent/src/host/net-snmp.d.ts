// The part of net-snmp that is used here: it comes without types.
declare module 'net-snmp' {
  export type Varbind = { readonly oid: string; readonly type: number; readonly value: unknown };
  type Answer = (error: Error | null, varbinds?: readonly (Varbind | readonly Varbind[])[]) => void;
  export type Session = {
    readonly get: (oids: readonly string[], answer: Answer) => void;
    readonly getBulk: (oids: readonly string[], nonRepeaters: number, maxRepetitions: number, answer: Answer) => void;
    readonly close: () => void;
    readonly on: (event: 'error', listener: (error: Error) => void) => void;
  };
  export type Options = Readonly<Record<string, unknown>>;
  export type User = Readonly<Record<string, unknown>>;
  const snmp: {
    readonly Version2c: number;
    readonly Version3: number;
    readonly SecurityLevel: Readonly<Record<'noAuthNoPriv' | 'authNoPriv' | 'authPriv', number>>;
    readonly AuthProtocols: Readonly<Record<string, number>>;
    readonly PrivProtocols: Readonly<Record<string, number>>;
    readonly createSession: (host: string, community: string, options: Options) => Session;
    readonly createV3Session: (host: string, user: User, options: Options) => Session;
    readonly isVarbindError: (varbind: Varbind) => boolean;
    readonly RequestTimedOutError: new () => Error;
    readonly RequestFailedError: new () => Error & { readonly status: number };
  };
  export default snmp;
}
