// Property lists in XML, as programs of macOS write them: PropertyList-1.0.dtd. An own reader of this closed format: plutil would
// need another start for each, and refuses lists with data in them, as those of batteries are.

/** Data and dates, of which nothing here is made, are null. */
export type Plist = string | number | boolean | null | readonly Plist[] | { readonly [key: string]: Plist };

const TEXT_MAX = 1024 * 1024;
const DEPTH_MAX = 40;
/** What stands before the list and between its values, then a tag or the text up to the next one. */
const SPACE = /(?:\s+|<\?[^>]*\?>|<!DOCTYPE[^>]*>|<!--[\s\S]*?-->)+/y;
const TAG = /<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/y;
const TEXT = /[^<]*/y;
const ENTITY = /&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|([a-z]+));/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const INTEGER = /^[+-]?\d{1,20}$/;

/** @throws SyntaxError for anything but one whole list */
export const parsePlist = (text: string): Plist => {
  if (text.length > TEXT_MAX) throw new SyntaxError(`a property list of ${text.length} characters is too large`);
  const reader = new Reader(text.startsWith('\u{FEFF}') ? text.slice(1) : text);
  reader.open('plist');
  const value = reader.value(0);
  reader.close('plist');
  return value;
};

type Tag = { readonly name: string; readonly isEnd: boolean; readonly isEmpty: boolean };

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  open(name: string): void {
    const tag = this.#tag();
    if (tag.name !== name || tag.isEnd || tag.isEmpty) throw this.#wrong(`<${name}>`);
  }

  close(name: string): void {
    const tag = this.#tag();
    if (tag.name !== name || !tag.isEnd) throw this.#wrong(`</${name}>`);
  }

  value(depth: number): Plist {
    const tag = this.#tag();
    if (tag.isEnd || depth > DEPTH_MAX) throw this.#wrong('a value');
    return this.#valueOf(tag, depth);
  }

  #valueOf({ name, isEmpty }: Tag, depth: number): Plist {
    switch (name) {
      case 'dict':
        return isEmpty ? {} : this.#dict(depth);
      case 'array':
        return isEmpty ? [] : this.#array(depth);
      case 'true':
      case 'false':
        if (!isEmpty) this.close(name);
        return name === 'true';
      default:
        return this.#plain(name, isEmpty ? '' : this.#content(name));
    }
  }

  #plain(name: string, content: string): Plist {
    switch (name) {
      case 'string':
        return decoded(content);
      case 'integer':
        if (!INTEGER.test(content.trim())) throw this.#wrong('a whole number');
        return Number(content);
      case 'real':
        return Number.isFinite(Number(content)) ? Number(content) : null;
      case 'data':
      case 'date':
        return null;
      default:
        throw this.#wrong('a value');
    }
  }

  #dict(depth: number): Plist {
    const entries: (readonly [string, Plist])[] = [];
    for (let tag = this.#tag(); !isEndOf(tag, 'dict'); tag = this.#tag()) {
      if (tag.name !== 'key' || tag.isEnd || tag.isEmpty) throw this.#wrong('<key>');
      entries.push([decoded(this.#content('key')), this.value(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #array(depth: number): Plist {
    const values: Plist[] = [];
    for (let tag = this.#tag(); !isEndOf(tag, 'array'); tag = this.#tag()) {
      if (tag.isEnd || depth > DEPTH_MAX) throw this.#wrong('a value');
      values.push(this.#valueOf(tag, depth + 1));
    }
    return values;
  }

  #content(name: string): string {
    const [text = ''] = this.#match(TEXT) ?? [];
    this.close(name);
    return text;
  }

  #tag(): Tag {
    this.#match(SPACE);
    const found = this.#match(TAG);
    if (!found) throw this.#wrong('a tag');
    const [, end, name = '', empty] = found;
    return { name, isEnd: end === '/', isEmpty: empty === '/' };
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #wrong(wanted: string): SyntaxError {
    return new SyntaxError(`no property list: ${wanted} is missing at character ${this.#at}`);
  }
}

const isEndOf = (tag: Tag, name: string): boolean => tag.isEnd && tag.name === name;

const decoded = (text: string): string =>
  text.replaceAll(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });
