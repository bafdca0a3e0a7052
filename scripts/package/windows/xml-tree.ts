// XML as policy templates are written: elements, attributes in double quotes, texts, comments. What is not well-formed is refused.

export type Element = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
};

/** A declaration, a comment, a tag (end, name, attributes, empty), or the text up to the next one. */
const PIECE =
  /<\?xml [^>]*\?>|<!--(?:(?!--)[\s\S])*-->|<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w.:-]+="[^"<]*")*)\s*(\/?)>|[^<]+/y;
const ATTRIBUTE = /([\w.:-]+)="([^"]*)"/g;
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos);)/;

type Open = Element & { readonly children: Element[] };

/** @returns the outermost element; entities stay as they are written. @throws SyntaxError with the place */
export const readXml = (text: string): Element => {
  const top: Open = { name: '', attributes: {}, children: [] };
  const open = [top];
  for (let at = 0; at < text.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text);
    if (!piece || BARE_AMPERSAND.test(piece[0]) || !take(open, piece)) {
      throw new SyntaxError(`not well-formed at character ${at}: ${text.slice(at, at + 40)}`);
    }
  }
  const [root, ...others] = top.children;
  if (open.length > 1 || !root || others.length > 0) throw new SyntaxError('not one element that is closed');
  return root;
};

/** @returns whether it may stand there */
const take = (open: Open[], [whole, end, name, attributes = '', empty]: RegExpExecArray): boolean => {
  const inside = open.at(-1);
  if (name === undefined) return whole.startsWith('<') || open.length > 1 || whole.trim() === '';
  if (end === '/') return attributes === '' && empty === '' && open.pop()?.name === name && open.length > 0;
  const pairs = [...attributes.matchAll(ATTRIBUTE)].map(([, key = '', value = '']) => [key, value] as const);
  const element: Open = { name, attributes: Object.fromEntries(pairs), children: [] };
  inside?.children.push(element);
  if (empty === '') open.push(element);
  return new Set(pairs.map(([key]) => key)).size === pairs.length;
};

/** It, and all that is in it, as written. */
export const elementsIn = (element: Element): readonly Element[] => [element, ...element.children.flatMap(elementsIn)];
