import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { diskList, laptopBattery, plist } from './fixture.ts';
import { parsePlist } from './plist.parse.ts';

const within = (xml: string): string => `<plist version="1.0">${xml}</plist>`;

describe('a property list', () => {
  it.each<[what: string, xml: string, value: unknown]>([
    [
      'a text with all that XML hides',
      '<string>a &amp; &lt;b&gt; &quot;&apos; &#252;&#xFC; &nbsp;</string>',
      'a & <b> "\' üü &nbsp;',
    ],
    ['a text with space and lines, as it is', '<string> a\n\tb </string>', ' a\n\tb '],
    ['an empty text, in both ways', '<array><string/><string></string></array>', ['', '']],
    ['numbers', '<array><integer>-7</integer><integer> 12 </integer><real>1.5e3</real></array>', [-7, 12, 1500]],
    ['a number that is none', '<real>nan</real>', null],
    ['yes and no', '<array><true/><false/><true></true></array>', [true, false, true]],
    [
      'data and dates, which are passed over',
      '<array><data>AAEC</data><date>2026-01-01T00:00:00Z</date></array>',
      [null, null],
    ],
    ['nothing in either', '<array><dict/><array/></array>', [{}, []]],
    ['comments between', '<!-- one --><array><!-- <two/> --><true/></array><!-- three -->', [true]],
    [
      'a key with the name of what all objects have',
      '<dict><key>__proto__</key><true/></dict>',
      JSON.parse('{"__proto__":true}'),
    ],
  ])('has %s', (_, xml, value) => {
    expect(parsePlist(within(xml))).toEqual(value);
    expect(parsePlist(`\u{FEFF}<?xml version="1.0"?>\r\n<!DOCTYPE plist>\r\n${within(xml)}\r\n`)).toEqual(value);
  });

  it.each([
    ['nothing', ''],
    ['no list', '<html></html>'],
    ['HTML of a proxy', '<!DOCTYPE html><html lang="de"><body>Anmeldung</body></html>'],
    ['a key without a value', within('<dict><key>a</key></dict>')],
    ['a value without a key', within('<dict><true/></dict>')],
    ['a tag of another kind', within('<set><true/></set>')],
    ['a number with words', within('<integer>12 GB</integer>')],
    ['two values', within('<true/><true/>')],
    ['an end that belongs to another', within('<array><true/></dict>')],
    ['arrays within arrays without end', within('<array>'.repeat(100_000))],
  ])('is refused: %s', (_, text) => {
    expect(() => parsePlist(text)).toThrow(SyntaxError);
  });

  it('larger than any is refused unread', () => {
    expect(() => parsePlist(within(`<string>${'a'.repeat(1024 * 1024)}</string>`))).toThrow('is too large');
  });

  it.each(faultyTexts(plist([laptopBattery, diskList])))('$name: is read or refused, never more', ({ text }) => {
    try {
      parsePlist(text);
    } catch (error) {
      expect(error).toBeInstanceOf(SyntaxError);
    }
  });

  it('is what was written, whatever that is', () => {
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(values, (value) => {
        expect(parsePlist(plist(value))).toEqual(value);
      }),
    );
  });
});
