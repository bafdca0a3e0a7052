// SNMP v2c and v3 (RFC 3416, RFC 3414) by net-snmp: values of single objects and columns of tables, never a change.
import snmp, { type Session, type Varbind } from 'net-snmp';

import { networkError } from './connect.ts';
import { HostError, type SnmpAddress, type SnmpSession, type SnmpValue } from './host.ts';

/** Rows asked for at once: with names of 100 bytes still in one datagram of 1,472 bytes, or the device sends fewer. */
const ROWS_AT_ONCE = 10;
const TEXT_MAX = 255;

const GRACE_MS = 1_000;
/** Of all questions together: a device that answers each of them slowly is left at last. */
const SESSION_MAX_MS = 30_000;

export const openSnmp = (to: SnmpAddress, timeoutMs: number): SnmpSession => {
  const session = sessionWith(to, timeoutMs);
  let isOpen = true;
  const close = (): void => {
    clearTimeout(timer);
    if (isOpen) session.close(); // all that is asked fails
    isOpen = false;
  };
  const timer = setTimeout(close, SESSION_MAX_MS);
  // what came was no SNMP, or not for us: a question that is open goes on waiting for its answer
  let isStrange = false;
  session.on('error', () => (isStrange = true));
  const ask = async (send: (answer: Answer) => void): Promise<readonly Varbind[]> => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Varbind[]>();
    send((error, varbinds = []) => {
      if (error && isOpen) reject(failure(error, isStrange));
      else if (error) reject(new HostError('timeout', `it did not tell all within ${SESSION_MAX_MS / 1000} s`));
      else resolve(varbinds.flat());
    });
    // an answer that is nearly right can make the library forget its question
    const deaf = setTimeout(() => reject(new HostError('timeout', 'no answer by SNMP')), timeoutMs + GRACE_MS);
    return promise.finally(() => clearTimeout(deaf));
  };
  return {
    get: async (oids) => valuesOf(await ask((answer) => session.get(oids, answer))),
    column: (oid, rowsMax) =>
      walk(oid, rowsMax, (from) => ask((answer) => session.getBulk([from], 0, ROWS_AT_ONCE, answer))),
    close,
  };
};

type Answer = Parameters<Session['get']>[1];

const sessionWith = (to: SnmpAddress, timeoutMs: number): Session => {
  const options = {
    port: to.port,
    timeout: timeoutMs / 2,
    retries: 1,
    transport: to.host.includes(':') ? 'udp6' : 'udp4',
    idBitsSize: 32,
    version: to.version === '3' ? snmp.Version3 : snmp.Version2c,
  };
  return to.version === '3'
    ? snmp.createV3Session(to.host, userOf(to), options)
    : snmp.createSession(to.host, to.community, options);
};

const userOf = ({ user, auth, priv }: SnmpAddress & { version: '3' }) => ({
  name: user,
  level: snmp.SecurityLevel[auth ? (priv ? 'authPriv' : 'authNoPriv') : 'noAuthNoPriv'],
  ...(auth && { authProtocol: snmp.AuthProtocols[auth.protocol], authKey: auth.key }),
  ...(priv && { privProtocol: snmp.PrivProtocols[priv.protocol], privKey: priv.key }),
});

/** What a device may say of a question by user (RFC 3414, usmStats). */
const REFUSALS =
  /^(?:unsupported security level|not in time window|unknown user name|unknown engine id|wrong digest|decryption error)/i;

/** In words of ours, the same each time: those of the library quote the answer's bytes, and the community. */
const failure = (error: Error, isStrange: boolean): HostError => {
  if (isTimeOut(error)) {
    return new HostError('timeout', `no answer by SNMP${isStrange ? '; what came was none' : ''}`);
  }
  if (error instanceof snmp.RequestFailedError) return broken(`it refuses: ${error.message}`);
  if ('code' in error && 'syscall' in error) return networkError(error);
  const refusal = REFUSALS.exec(error.message)?.[0];
  if (refusal !== undefined) return broken(`it refuses: ${refusal}`);
  if (error.message.includes('digest')) return broken('its answer is not authentic: is the secret of the user right?');
  return broken('its answer cannot be read, or is to another question');
};

const isTimeOut = (error: unknown): boolean => error instanceof snmp.RequestTimedOutError;

const broken = (why: string): HostError => new HostError('service_broken', why);

/** Asks for what follows until the column ends. A device that goes in circles is left at `rowsMax`. */
const walk = async (
  column: string,
  rowsMax: number,
  next: (from: string) => Promise<readonly Varbind[]>,
): Promise<ReadonlyMap<string, SnmpValue>> => {
  const rows = new Map<string, SnmpValue>();
  let from = column;
  for (let asked = 0; asked < rowsMax; asked += ROWS_AT_ONCE) {
    const found = await next(from);
    const inside = found.filter((one) => one.oid.startsWith(`${column}.`) && !snmp.isVarbindError(one));
    for (const [oid, value] of valuesOf(inside)) if (rows.size < rowsMax) rows.set(oid.slice(column.length + 1), value);
    const last = found.at(-1);
    if (!last || inside.length < found.length || last.oid === from) break;
    from = last.oid;
  }
  return rows;
};

const valuesOf = (varbinds: readonly Varbind[]): ReadonlyMap<string, SnmpValue> =>
  new Map(
    varbinds.flatMap((one): readonly (readonly [string, SnmpValue])[] => {
      const value = snmp.isVarbindError(one) ? undefined : valueOf(one);
      return value === undefined ? [] : [[one.oid, value]];
    }),
  );

/** RFC 3416, the tag of Counter64: its number comes as up to nine bytes. */
const COUNTER64 = 0x46;

const valueOf = ({ type, value }: Varbind): SnmpValue | undefined => {
  if (typeof value === 'number') return value;
  if (!Buffer.isBuffer(value)) return undefined;
  return type === COUNTER64 ? Number(BigInt(`0x0${value.toString('hex')}`)) : value.toString('utf8').slice(0, TEXT_MAX);
};
