// What programs of macOS write. SYNTHETIC: made up after the manuals and the descriptions of others, not recorded on a Mac.

/** `launchctl print system/LABEL`. */
export const launchctlPrint = (
  label: string,
  {
    state = 'running',
    pid,
    exitCode = '(never exited)',
    runs = 1,
  }: {
    readonly state?: string;
    readonly pid?: number;
    readonly exitCode?: string;
    readonly runs?: number;
  },
): string => `system/${label} = {
	active count = ${pid === undefined ? 0 : 1}
	path = /Library/LaunchDaemons/${label}.plist
	type = LaunchDaemon
	state = ${state}

	program = /opt/fettle/node
	arguments = {
		/opt/fettle/node
		state = none of ours
	}

	default environment = {
		PATH => /usr/bin:/bin:/usr/sbin:/sbin
	}

	domain = system
	minimum runtime = 30
	exit timeout = 15
	runs = ${runs}
${pid === undefined ? '' : `	pid = ${pid}\n`}	immediate reason = speculative
	forks = 0
	execs = 1
	last exit code = ${exitCode}

	spawn type = daemon (3)
	jetsam priority = 40

	properties = keepalive | runatload | inferred program
}
`;
