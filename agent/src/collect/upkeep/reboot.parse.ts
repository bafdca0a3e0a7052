/** Packages that ask for a reboot, one a line (Debian's and Ubuntu's reboot-required.pkgs); each once. */
export const parseRebootPackages = (text: string): readonly string[] => [
  ...new Set(text.split(/\s+/).filter((name) => /^[a-z0-9][a-z0-9+.:-]{0,99}$/.test(name))),
];

/**
 * `needs-restarting -r` (dnf-plugins-core: needs-restarting): exit 1 for a reboot, but also for its own failures,
 * so that what it says has to go with it. @returns undefined where it does not say
 */
export const parseNeedsRestarting = (code: number, text: string): boolean | undefined => {
  if (code === 0) return false;
  return code === 1 && /reboot is (?:required|necessary|needed)/i.test(text) ? true : undefined;
};
