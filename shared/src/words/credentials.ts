const IN_ADDRESS = /(\b[a-z][\w+.-]*:(?:[a-z][\w+.-]*:)?\/\/)[^/\s@"']+@/gi;

/** The text with names and passwords taken out of addresses: "rest:https://…@backup.example". */
export const withoutCredentials = (text: string): string => text.replace(IN_ADDRESS, '$1…@');
