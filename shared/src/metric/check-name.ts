// How a check of a thing without an agent is named, in series and in alerts: the target, a slash, what is looked at there.

/** The attribute that every reading of a check has, and the only one that tells whose it is. */
export const CHECK_NAME = 'fettle.check.name';

/** @param target has no slash, so that all behind the first one may have some: "switch-1/snmp/Gi1/0/1" */
export const checkName = (target: string, what: string): string => `${target}/${what}`;

/** @returns undefined for what is no name of a check */
export const openCheckName = (name: string): { readonly target: string; readonly what: string } | undefined => {
  const slash = name.indexOf('/');
  return slash < 1 ? undefined : { target: name.slice(0, slash), what: name.slice(slash + 1) };
};
