// The policy templates of Windows against the host that reads what they set, and against each other.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { settings } from '@fettle/agent/config/settings';
import { describe, expect, it } from 'vitest';

import { properties } from './wxs.ts';
import { elementsIn, readXml } from './xml-tree.ts';

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../agent/packaging/windows', name), 'utf8');

const admx = elementsIn(readXml(read('policy/fettle.admx')));
const adml = elementsIn(readXml(read('policy/en-US/fettle.adml')));
const [registry, host] = [read('host/registry.h'), read('host/settings.c')];

const named = (elements: typeof admx, name: string) => elements.filter((element) => element.name === name);
const said = (elements: typeof admx, name: string, attribute: string) =>
  named(elements, name).map(({ attributes }) => attributes[attribute] ?? `<${name}> has no ${attribute}`);

/** What the host hands over: [value, variable]. */
const handedOver = [...host.matchAll(/\{L"(\w+)", L"(FETTLE_\w+)"\}/g)].map(([, value = '', variable = '']) => ({
  value,
  variable,
}));
const constant = (pattern: RegExp): string => pattern.exec(registry)?.[1] ?? `registry.h has no ${pattern.source}`;

describe('the policy templates', () => {
  it('write into the key that the host reads', () => {
    const key = constant(/#define POLICY_KEY L"(.+)"/).replaceAll('\\\\', '\\');
    expect(new Set(said(admx, 'policy', 'key'))).toEqual(new Set([key]));
    expect(new Set(said(admx, 'policy', 'class'))).toEqual(new Set(['Machine']));
  });

  it('offer each value that the host hands over, and no other', () => {
    const values = handedOver.map(({ value }) => value);
    expect(values).toContain('ServerUrl');
    expect(said(admx, 'text', 'valueName').toSorted()).toEqual(values.toSorted());
    expect(named(admx, 'elements').flatMap(({ children }) => children.map(({ name }) => name))).toEqual(
      values.map(() => 'text'),
    );
  });

  it('write texts that the host takes: no other type, not longer', () => {
    const most = Number(constant(/#define VALUE_SIZE (\d+)/)) - 1;
    for (const { attributes } of named(admx, 'text')) {
      expect(Number(attributes['maxLength'])).toBe(most);
      expect(attributes).not.toHaveProperty('expandable'); // REG_EXPAND_SZ
    }
  });

  it('refer to strings and presentations that there are, each once, and leave none unused', () => {
    const referred = (kind: string) =>
      admx.flatMap(({ attributes }) =>
        Object.values(attributes).flatMap((text) => new RegExp(`^\\$\\(${kind}\\.(\\w+)\\)$`).exec(text)?.[1] ?? []),
      );
    expect(said(adml, 'string', 'id').toSorted()).toEqual(referred('string').toSorted());
    expect(said(adml, 'presentation', 'id').toSorted()).toEqual(referred('presentation').toSorted());
  });

  it('have a box for each text, in the presentation of its policy', () => {
    const boxOf = (presentation: string) =>
      named(adml, 'presentation')
        .filter(({ attributes }) => attributes['id'] === presentation)
        .flatMap((element) => said(elementsIn(element), 'textBox', 'refId'));
    for (const policy of named(admx, 'policy')) {
      const { name = '', presentation } = policy.attributes;
      expect(presentation).toBe(`$(presentation.${name})`);
      expect(boxOf(name)).toEqual(said(elementsIn(policy), 'text', 'id'));
    }
  });

  it('belong to a category and to systems that there are', () => {
    expect(new Set(said(admx, 'parentCategory', 'ref'))).toEqual(new Set(said(admx, 'category', 'name')));
    expect(new Set(said(admx, 'supportedOn', 'ref').slice(1))).toEqual(new Set(said(admx, 'definition', 'name')));
  });
});

describe('what the host hands over', () => {
  it('are variables of the agent', () => {
    const known = settings.map(({ env }) => env);
    for (const { variable } of handedOver) expect(known).toContain(variable);
  });

  it('is what the installer can be told, but for the golden image', () => {
    const told: readonly string[] = properties.map(({ value }) => value);
    expect([...handedOver.map(({ value }) => value), 'GoldenImage'].toSorted()).toEqual(told.toSorted());
  });
});

describe('XML that is not well-formed', () => {
  it.each([
    ['', /not one element/],
    ['<a>', /not one element/],
    ['<a/><b/>', /not one element/],
    ['<a></b>', /at character 3/],
    ['</a>', /at character 0/],
    ['<a b="1" b="2"/>', /at character 0/],
    ['<a b=1/>', /at character 0/],
    ['<a>x & y</a>', /at character 3/],
    ['<a b="x & y"/>', /at character 0/],
    ['<a/>text', /at character 4/],
    ['<a><!-- x -- y --></a>', /at character 3/],
    ['<a', /at character 0/],
  ])('%j is refused', (text, words) => {
    expect(() => readXml(text)).toThrow(words);
  });

  it('and what is well-formed is not', () => {
    const text = '<?xml version="1.0"?>\n<!-- c --><a x="1 &amp; 2">\n  <b/>t<c>&lt;</c></a>\n';
    expect(elementsIn(readXml(text)).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });
});
