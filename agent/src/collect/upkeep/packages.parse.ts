// What is installed, by the package tools' own query formats: fields separated by tabs, the same in every language.

export type Package = { readonly name: string; readonly version: string };

/** dpkg-query(1), --showformat. The abbreviation is three letters: wanted, is, error. */
export const DPKG_FORMAT = '${db:Status-Abbrev}\\t${binary:Package}\\t${Version}\\n';
/** rpm(8), QUERY FORMATS. */
export const RPM_FORMAT = '%{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n';

const PACKAGES_MAX = 50_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9+._:-]*$/;

export const parseDpkg = (text: string): readonly Package[] =>
  rowsOf(text).flatMap(([status = '', name = '', version = '']) => (status[1] === 'i' ? packageOf(name, version) : []));

/** rpm's keys for signatures look like packages too. */
export const parseRpm = (text: string): readonly Package[] =>
  rowsOf(text).flatMap(([name = '', version = '']) => (name === 'gpg-pubkey' ? [] : packageOf(name, version)));

/** The last line may be cut: only whole ones count. */
const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n', PACKAGES_MAX)
    .slice(0, -1)
    .map((line) => line.replace(/\r$/, '').split('\t'));

const packageOf = (name: string, version: string): readonly Package[] =>
  NAME.test(name) && /^\S+$/.test(version) ? [{ name, version }] : [];
