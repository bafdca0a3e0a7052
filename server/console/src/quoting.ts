// Words of a command as a shell reads them back: exactly this text, whatever is in it. What cannot be written so is undefined.

/** A line of a command cannot hold it, or would be shown other than it is. */
const CONTROL = /\p{Cc}/u;

/** For sh, bash, zsh: POSIX "Single-Quotes", in which nothing but the quote itself means anything. */
export const shWord = (text: string): string | undefined =>
  CONTROL.test(text) ? undefined : `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** For PowerShell, which takes the curly ones for quotes, too: about_Quoting_Rules, and CharTraits.IsSingleQuote of its source. */
const POWERSHELL_QUOTE = /['\u2018\u2019\u201A\u201B]/g;

export const powerShellWord = (text: string): string | undefined =>
  CONTROL.test(text) ? undefined : `'${text.replace(POWERSHELL_QUOTE, '$&$&')}'`;

/** For cmd.exe, where within quotes the percent sign and (in delayed expansion) the exclamation mark still mean something, and nothing takes that away. */
const CMD_UNSAFE = /["%!]/;

export const cmdWord = (text: string): string | undefined =>
  CONTROL.test(text) || CMD_UNSAFE.test(text) ? undefined : `"${text}"`;

/** NAME="value" for msiexec, where a quote is doubled: Windows Installer, "Command-Line Options". */
export const msiProperty = (name: string, value: string): string => `${name}="${value.replaceAll('"', '""')}"`;
