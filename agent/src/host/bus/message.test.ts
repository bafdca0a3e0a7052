// The bytes of D-Bus: ours come back as they were, whatever cuts them; those of others are a value or a reason.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type BusValue, HostError } from '../host.ts';
import { KIND, Splitter, errorFrom, messageBytes } from './message.ts';
import { readValues } from './reader.ts';
import { writeValues } from './writer.ts';

const LITTLE = { offset: 0, isBig: false };

/** By hand, after the specification: a signal of /a, interface b.c, member D, with a boolean and a 16-bit number, big end first. */
const BIG_END_FIRST = Buffer.from(
  [
    '42 04 01 01 00 00 00 06 00 00 00 07 00 00 00 38',
    '01 01 6f 00 00 00 00 02 2f 61 00 00 00 00 00 00', // path
    '02 01 73 00 00 00 00 03 62 2e 63 00 00 00 00 00', // interface
    '03 01 73 00 00 00 00 01 44 00 00 00 00 00 00 00', // member
    '08 01 67 00 02 62 71 00', // signature
    '00 00 00 01 01 02',
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
);

describe('a message', () => {
  it('is written as the specification says', () => {
    const call = { path: '/a', interface: 'b.c', member: 'D', destination: 'e.f', signature: 'u', args: [7] };
    expect(messageBytes({ kind: KIND.call, serial: 1, ...call }).toString('hex')).toBe(
      [
        '6c010001040000000100000047000000',
        '01016f00020000002f61000000000000',
        '0201730003000000622e630000000000',
        '03017300010000004400000000000000',
        '0601730003000000652e660000000000',
        '08016700017500', // the padding that follows is not counted among the fields
        '00',
        '07000000',
      ].join(''),
    );
  });

  it('is read with the big end first too', () => {
    const [message] = new Splitter().push(BIG_END_FIRST);
    expect(message).toMatchObject({ kind: KIND.signal, serial: 7, path: '/a', interface: 'b.c', member: 'D' });
    expect(message?.body()).toEqual([true, 258]);
  });

  it('comes in any pieces, with others before and behind it', () => {
    const bytes = Buffer.concat(
      ['One', 'Two', 'Three'].map((member, index) =>
        messageBytes({ kind: KIND.signal, serial: index + 1, member, signature: 'as', args: [['é', '']] }),
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), (cuts) => {
        const splitter = new Splitter();
        const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
        const messages = ends.flatMap((end, index) => splitter.push(bytes.subarray(ends[index - 1] ?? 0, end)));
        expect(messages.map(({ member }) => member)).toEqual(['One', 'Two', 'Three']);
        expect(messages[2]?.body()).toEqual([['é', '']]);
      }),
    );
  });

  it.each<[string, (bytes: Buffer) => void]>([
    ['says that it has 100 MiB', (bytes) => bytes.writeUInt32LE(100 * 2 ** 20, 4)],
    ['says that its fields have 1 MiB', (bytes) => bytes.writeUInt32LE(2 ** 20, 12)],
    ['is of another protocol', (bytes) => bytes.writeUInt8(2, 3)],
    ['has no order of bytes', (bytes) => bytes.writeUInt8(0x20, 0)],
    ['has fields that are cut off', (bytes) => bytes.writeUInt32LE(13, 12)],
  ])('that %s is refused', (_name, spoil) => {
    const bytes = messageBytes({ kind: KIND.signal, serial: 1, path: '/a', member: 'M' });
    spoil(bytes);
    expect(() => new Splitter().push(bytes)).toThrow(HostError);
  });

  it('of noise is a reason, and never anything else', () => {
    const good = messageBytes({
      kind: KIND.answer,
      serial: 9,
      answers: 1,
      signature: 'a{sv}a(ssu)b',
      args: [[['key', ['as', ['value']]]], [['a', 'b', 1]], true],
    });
    const spoiled = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(spoiled, (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          for (const message of new Splitter().push(bytes)) message.body();
        } catch (error) {
          expect(error).toBeInstanceOf(HostError);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

/** A type and a value of it. */
const basic: fc.Arbitrary<readonly [string, BusValue]> = fc.oneof(
  fc.tuple(fc.constant('s'), fc.string({ unit: 'grapheme' })),
  fc.tuple(fc.constant('b'), fc.boolean()),
  fc.tuple(fc.constant('u'), fc.nat(0xff_ff_ff_ff)),
  fc.tuple(fc.constant('y'), fc.nat(255)),
  fc.tuple(fc.constant('t'), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
);

const typed: fc.Arbitrary<readonly [string, BusValue]> = fc.letrec<{ any: readonly [string, BusValue] }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    basic,
    fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((parts): readonly [string, BusValue] => {
      return [`(${parts.map(([type]) => type).join('')})`, parts.map(([, value]) => value)];
    }),
    fc.tuple(tie('any'), fc.nat(3)).map(([[type, value], count]): readonly [string, BusValue] => {
      return [`a${type}`, Array.from({ length: count }, () => value)];
    }),
  ),
})).any;

describe('values', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(typed, { maxLength: 4 }), (parts) => {
        const signature = parts.map(([type]) => type).join('');
        const values = parts.map(([, value]) => value);
        expect(readValues(writeValues(signature, values), signature, LITTLE)).toEqual(values);
      }),
    );
  });

  it('of a variant are what it holds', () => {
    const bytes = writeValues('a{sv}', [
      [
        ['a', ['u', 1]],
        ['b', ['as', ['x']]],
      ],
    ]);
    expect(readValues(bytes, 'a{sv}', LITTLE)).toEqual([
      [
        ['a', 1],
        ['b', ['x']],
      ],
    ]);
  });

  it.each([
    ['a type that there is not', 'z', [0]],
    ['a structure without fields', '()', [0]],
    ['a structure that does not end', '(s', [0]],
    ['an array of nothing', 'a', [0, 0, 0, 0]],
    ['an array longer than the bytes', 'as', [255, 0, 0, 0, 0]],
    ['an array that ends within a value', 'au', [6, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]],
    ['a text without its end', 's', [1, 0, 0, 0, 65, 66]],
    ['a text of 4 GiB', 's', [255, 255, 255, 255, 65]],
    ['a variant of two types', 'v', [2, 115, 115, 0, 0]],
    ['a variant of no type', 'v', [0, 0]],
    ['a type within 200 others', `${'a'.repeat(200)}s`, [0, 0, 0, 0]],
    ['2 MiB of single bytes', 'ay', [...Buffer.from('00002000', 'hex'), ...Buffer.alloc(2 ** 21)]],
  ])('%s: refused', (_name, signature, bytes) => {
    expect(() => readValues(Buffer.from(bytes), signature, LITTLE)).toThrow(HostError);
  });

  it('variants within variants without end are refused', () => {
    const bytes = Buffer.from(Array.from({ length: 3_000 }, () => [1, 118, 0]).flat());
    expect(() => readValues(bytes, 'v', LITTLE)).toThrow('too many parts');
  });

  it.each([
    ['s', [1]],
    ['u', ['x']],
    ['as', ['x']],
    ['ss', ['x']],
  ])('that are no %s are not written', (signature, values) => {
    expect(() => writeValues(signature, values)).toThrow(HostError);
  });
});

it.each([
  ['org.freedesktop.DBus.Error.AccessDenied', 'policy_blocked'],
  ['org.freedesktop.DBus.Error.InteractiveAuthorizationRequired', 'policy_blocked'],
  ['org.freedesktop.DBus.Error.NoReply', 'timeout'],
  ['org.freedesktop.systemd1.NoSuchUnit', 'no_hardware'],
  ['org.freedesktop.DBus.Error.UnknownObject', 'no_hardware'],
  ['org.freedesktop.DBus.Error.ServiceUnknown', 'service_broken'],
  ['', 'service_broken'],
])('the error %s is the reason %s', (errorName, code) => {
  const bytes = messageBytes({ kind: KIND.error, serial: 1, answers: 1, errorName, signature: 's', args: ['because'] });
  const [message] = new Splitter().push(bytes);
  if (!message) throw new Error('no message');
  const call = { destination: 'a.b', path: '/', interface: 'a.b', member: 'Get' };
  const error = errorFrom(message, call);
  expect(error.code).toBe(code);
  expect(error.message).toContain('because');
});
