// The bill of materials: which files a package owns, for the installer's receipt. Apple has published nothing of its format;
// the layout here is what readers of it agree on (the project bomutils describes it): a store of numbered blocks, a few of
// them named, and a B-tree of paths. All numbers have their highest byte first.
import { cksum } from './cksum.ts';
import type { Item } from './entries.ts';

const HEADER_BYTES = 512;
const TREE_BLOCK_BYTES = 4_096;
const VERSION_TREE_BLOCK_BYTES = 128;
/** Of one leaf of the tree. */
const LEAF_MAX = 256;
const [FILE, FOLDER] = [1, 2] as const;
/** What Apple's own tool writes for files and folders alike. */
const ANY_ARCHITECTURE = 3;

/** @param items as itemsOf orders them, which is the order of the tree's keys */
export const billOfMaterials = (items: readonly Item[], modifiedS: number): Buffer => {
  const store = new Store();
  store.name('BomInfo', u32(1, items.length + 1, 1, 0, 0, 0, 0));
  store.name('Paths', tree(addPaths(store, items, modifiedS), TREE_BLOCK_BYTES, items.length));
  store.name('HLIndex', tree(store.add(EMPTY_LEAF), TREE_BLOCK_BYTES, 0));
  const versions = store.add(tree(store.add(EMPTY_LEAF), VERSION_TREE_BLOCK_BYTES, 0));
  store.name('VIndex', Buffer.concat([u32(1, versions, 0), u8(0)]));
  store.name('Size64', tree(store.add(EMPTY_LEAF), TREE_BLOCK_BYTES, 0));
  return store.bytes();
};

type Place = { readonly info: number; readonly key: number };

/** @returns the block of the tree's root: a leaf, or a branch above several */
const addPaths = (store: Store, items: readonly Item[], modifiedS: number): number => {
  const ids = new Map(items.map(({ path }, index) => [path, index + 1]));
  const places = items.map((item, index): Place => {
    const about = store.add(aboutOf(item, modifiedS));
    const [parent, name] = [ids.get(parentOf(item.path)) ?? 0, item.path.slice(item.path.lastIndexOf('/') + 1)];
    return { info: store.add(u32(index + 1, about)), key: store.add(Buffer.concat([u32(parent), text(name)])) };
  });
  const leaves = chunks(places, LEAF_MAX);
  const first = store.next();
  for (const [index, leaf] of leaves.entries()) {
    const [forward, backward] = [index + 1 < leaves.length ? first + index + 1 : 0, index > 0 ? first + index - 1 : 0];
    store.add(node(true, leaf, { forward, backward }));
  }
  if (leaves.length === 1) return first;
  // a branch names each leaf by the last key in it
  const branch = leaves.map((leaf, index): Place => ({ info: first + index, key: leaf.at(-1)?.key ?? 0 }));
  return store.add(node(false, branch, { forward: 0, backward: 0 }));
};

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

const aboutOf = ({ mode, file }: Item, modifiedS: number): Buffer =>
  Buffer.concat([
    u8(file ? FILE : FOLDER, 1),
    u16(ANY_ARCHITECTURE, mode),
    u32(0, 0, modifiedS, file?.sizeBytes ?? 0), // owner and group come first
    u8(1),
    u32(file ? cksum(file.read()) : 0, 0), // no link has a length either
  ]);

const node = (
  isLeaf: boolean,
  places: readonly Place[],
  { forward, backward }: { readonly forward: number; readonly backward: number },
): Buffer =>
  Buffer.concat([
    u16(isLeaf ? 1 : 0, places.length),
    u32(forward, backward, ...places.flatMap(({ info, key }) => [info, key])),
  ]);

const tree = (root: number, blockBytes: number, paths: number): Buffer =>
  Buffer.concat([Buffer.from('tree'), u32(1, root, blockBytes, paths), u8(0)]);

/** Blocks by number, of which the first is none, and names for some of them. */
class Store {
  readonly #blocks: Buffer[] = [Buffer.alloc(0)];
  readonly #names: Buffer[] = [];

  /** The number that the next block gets. */
  next(): number {
    return this.#blocks.length;
  }

  /** @returns its number */
  add(block: Buffer): number {
    return this.#blocks.push(block) - 1;
  }

  name(name: string, block: Buffer): void {
    this.#names.push(Buffer.concat([u32(this.add(block)), u8(name.length), Buffer.from(name)]));
  }

  /** Header, names, blocks, and the index that says where each block lies. */
  bytes(): Buffer {
    const names = Buffer.concat([u32(this.#names.length), ...this.#names]);
    let address = HEADER_BYTES + names.length;
    const pointers = this.#blocks.flatMap(({ length }) => {
      const pointer = length === 0 ? [0, 0] : [address, length];
      address += length;
      return pointer;
    });
    // behind it the list of what is free: none, and room for two as Apple's tool leaves it
    const index = u32(this.#blocks.length, ...pointers, 0, 0, 0, 0, 0);
    const where = u32(1, this.#blocks.length - 1, address, index.length, HEADER_BYTES, names.length);
    const header = Buffer.concat([Buffer.from('BOMStore'), where], HEADER_BYTES);
    return Buffer.concat([header, names, ...this.#blocks, index]);
  }
}

const u8 = (...values: readonly number[]): Buffer => Buffer.from(values);
const u16 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
};
const u32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`);

const EMPTY_LEAF = node(true, [], { forward: 0, backward: 0 });

const chunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
