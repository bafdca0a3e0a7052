import { crc32 as zlibCrc32 } from 'node:zlib';

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { crc32 } from './crc.ts';

it('is the checksum of gzip', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(crc32(bytes)).toBe(zlibCrc32(bytes));
    }),
  );
});

it('goes on after what came before', () => {
  const bytes = new TextEncoder().encode('123456789');
  expect(crc32(bytes).toString(16)).toBe('cbf43926'); // the check value of the catalogue of CRC algorithms
  expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(crc32(bytes));
});
