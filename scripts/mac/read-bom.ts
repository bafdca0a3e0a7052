// Reads a bill of materials as `lsbom` does, from its bytes alone: nothing here is shared with what writes them.

export type Listed = {
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
  readonly modifiedS: number;
  readonly sizeBytes: number;
  readonly cksum: number;
};

type Blocks = (index: number) => Buffer;
type Leaf = { readonly infos: readonly number[]; readonly keys: readonly number[]; readonly next: number };

/** In the order of the tree. @throws Error for what is no such file, or contradicts itself */
export const readBom = (bytes: Buffer): readonly Listed[] => {
  if (bytes.toString('latin1', 0, 8) !== 'BOMStore' || bytes.readUInt32BE(8) !== 1) throw new Error('no BOMStore');
  const blocks = blocksOf(bytes);
  const named = namesOf(bytes);
  const tree = blocks(named.get('Paths') ?? -1);
  if (tree.toString('latin1', 0, 4) !== 'tree') throw new Error('Paths is no tree');
  const listed = walk(blocks, tree.readUInt32BE(8));
  const [told, counted] = [tree.readUInt32BE(16), blocks(named.get('BomInfo') ?? -1).readUInt32BE(4)];
  if (told !== listed.length || counted !== listed.length + 1) throw new Error(`${listed.length} paths, told ${told}`);
  for (const name of ['HLIndex', 'VIndex', 'Size64']) if (!named.has(name)) throw new Error(`${name} is missing`);
  return listed;
};

const blocksOf = (bytes: Buffer): Blocks => {
  const index = bytes.readUInt32BE(16);
  if (index + bytes.readUInt32BE(20) !== bytes.length) throw new Error('the index does not end where the file does');
  const count = bytes.readUInt32BE(index);
  return (block) => {
    if (block < 1 || block >= count) throw new Error(`there is no block ${block}`);
    const [at, length] = [bytes.readUInt32BE(index + 4 + block * 8), bytes.readUInt32BE(index + 8 + block * 8)];
    if (at + length > index) throw new Error(`block ${block} reaches into the index`);
    return bytes.subarray(at, at + length);
  };
};

const namesOf = (bytes: Buffer): ReadonlyMap<string, number> => {
  const names = new Map<string, number>();
  let at = bytes.readUInt32BE(24);
  const count = bytes.readUInt32BE(at);
  at += 4;
  for (let seen = 0; seen < count; seen += 1) {
    const length = bytes.readUInt8(at + 4);
    names.set(bytes.toString('latin1', at + 5, at + 5 + length), bytes.readUInt32BE(at));
    at += 5 + length;
  }
  return names;
};

/** Down the first children to the leaves, then from leaf to leaf; the branches must name the same ones. */
const walk = (blocks: Blocks, root: number): readonly Listed[] => {
  let first = root;
  const children: number[] = [];
  while (blocks(first).readUInt16BE(0) === 0) {
    const branch = leafOf(blocks(first));
    children.push(...branch.infos);
    first = branch.infos[0] ?? -1;
  }
  const paths = new Map<number, string>();
  const found: Listed[] = [];
  const leaves: number[] = [];
  for (let at = first; at !== 0; at = leafOf(blocks(at)).next) {
    leaves.push(at);
    const { infos, keys } = leafOf(blocks(at));
    for (const [index, info] of infos.entries()) found.push(listedOf(blocks, { info, key: keys[index] ?? -1 }, paths));
  }
  if (children.length > 0 && children.join() !== leaves.join()) throw new Error('branch and leaves disagree');
  return found;
};

const leafOf = (node: Buffer): Leaf => {
  const pairs = Array.from({ length: node.readUInt16BE(2) }, (_, index) => 12 + index * 8);
  return {
    infos: pairs.map((at) => node.readUInt32BE(at)),
    keys: pairs.map((at) => node.readUInt32BE(at + 4)),
    next: node.readUInt32BE(4),
  };
};

const listedOf = (blocks: Blocks, at: { info: number; key: number }, paths: Map<number, string>): Listed => {
  const [short, key] = [blocks(at.info), blocks(at.key)];
  const parent = key.readUInt32BE(0);
  if (key.at(-1) !== 0) throw new Error('a name does not end');
  if (parent !== 0 && !paths.has(parent)) throw new Error(`there is no parent ${parent} yet`);
  const name = key.toString('utf8', 4, key.length - 1);
  const path = parent === 0 ? name : `${paths.get(parent)}/${name}`;
  paths.set(short.readUInt32BE(0), path);
  const about = blocks(short.readUInt32BE(4));
  const kind = about.readUInt8(0) === 1 ? 'file' : 'folder';
  return {
    path,
    kind,
    mode: about.readUInt16BE(4),
    owner: about.readUInt32BE(6),
    group: about.readUInt32BE(10),
    modifiedS: about.readUInt32BE(14),
    sizeBytes: about.readUInt32BE(18),
    cksum: about.readUInt32BE(23),
  };
};
