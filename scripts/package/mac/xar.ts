// The archive that a macOS package is: a header, a table of contents in compressed XML, and a heap with the members' bytes.
// Layout: the project xar, and `man xar`.
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

import { xml } from './xml.ts';

export type Member =
  | { readonly name: string; readonly bytes: Buffer }
  | { readonly name: string; readonly members: readonly Member[] };

const HEADER_BYTES = 28;
const VERSION = 1;
const SHA1 = 1;
const SHA1_BYTES = 20;

/** @param created as in "2026-11-24T00:00:00Z" */
export const xarOf = (members: readonly Member[], created: string): Buffer => {
  const heap = new Heap();
  const files = members.map((member) => heap.file(member)).join('');
  const contents = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<xar><toc>` +
      `<checksum style="sha1"><offset>0</offset><size>${SHA1_BYTES}</size></checksum>` +
      `<creation-time>${xml(created)}</creation-time>${files}</toc></xar>\n`,
  );
  const packed = deflateSync(contents, { level: 9 });
  return Buffer.concat([header(packed.length, contents.length), packed, sha1(packed), ...heap.parts]);
};

const header = (packedBytes: number, contentsBytes: number): Buffer => {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write('xar!', 'latin1');
  bytes.writeUInt16BE(HEADER_BYTES, 4);
  bytes.writeUInt16BE(VERSION, 6);
  bytes.writeBigUInt64BE(BigInt(packedBytes), 8);
  bytes.writeBigUInt64BE(BigInt(contentsBytes), 16);
  bytes.writeUInt32BE(SHA1, 24);
  return bytes;
};

/** Members one behind the other, after the checksum of the contents. */
class Heap {
  readonly parts: Buffer[] = [];
  #offset = SHA1_BYTES;
  #id = 0;

  /** Its entry in the table of contents. Bytes are kept as they are: what is large is compressed in itself. */
  file(member: Member): string {
    this.#id += 1;
    const head = `<file id="${this.#id}"><name>${xml(member.name)}</name>`;
    if ('members' in member) {
      const inside = member.members.map((one) => this.file(one)).join('');
      return `${head}<type>directory</type><mode>0755</mode>${inside}</file>`;
    }
    const { length } = member.bytes;
    const offset = this.#offset;
    this.#offset += length;
    this.parts.push(member.bytes);
    const sum = sha1(member.bytes).toString('hex');
    return (
      `${head}<type>file</type><mode>0644</mode><data>` +
      `<archived-checksum style="sha1">${sum}</archived-checksum>` +
      `<extracted-checksum style="sha1">${sum}</extracted-checksum>` +
      `<encoding style="application/octet-stream"/>` +
      `<size>${length}</size><offset>${offset}</offset><length>${length}</length></data></file>`
    );
  }
}

/** No protection against anybody: it tells a broken download. */
const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();
