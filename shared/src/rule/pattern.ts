// Names of instances with `*` for any run of characters: "/srv/*" is every volume below /srv.

/** Without a `*` the name itself. In time of their two lengths multiplied, whatever is asked. */
export const isLike = (pattern: string, name: string): boolean => {
  if (!pattern.includes('*')) return pattern === name;
  let [inPattern, inName, star, resume] = [0, 0, -1, 0];
  while (inName < name.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern;
      resume = inName;
      inPattern += 1;
    } else if (pattern[inPattern] === name[inName]) {
      inPattern += 1;
      inName += 1;
    } else if (star >= 0) {
      resume += 1; // the last star takes one more
      inPattern = star + 1;
      inName = resume;
    } else return false;
  }
  return pattern.slice(inPattern).replaceAll('*', '') === '';
};
