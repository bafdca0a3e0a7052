// What `fettle-agent service` asks of the system's service manager. One file per system: linux.ts, darwin.ts, win32.ts.

export const serviceActions = ['install', 'uninstall', 'start', 'stop'] as const;
export type ServiceAction = (typeof serviceActions)[number];

/**
 * Each action ends when the manager has done it, and is no error where there is nothing to do: what runs is started, what is gone
 * is uninstalled. `install` also starts with the machine from then on, but not now; `uninstall` stops first, and leaves
 * configuration, identity and spool. @throws CliError with what to do: `failure` without the manager, without the rights, or
 * with what the manager said
 */
export type ServiceManager = Readonly<Record<ServiceAction, () => Promise<void>>> & {
  /** Needs no rights. @throws CliError without the manager */
  readonly status: () => Promise<ServiceStatus>;
};

export type ServiceStatus = {
  /** "systemd", "launchd", "Windows" */
  readonly manager: string;
  readonly installed: boolean;
  /** Starts with the machine. */
  readonly enabled: boolean;
  readonly state: 'running' | 'starting' | 'stopping' | 'stopped' | 'failed';
  readonly pid?: number;
  /** How the last run ended or why there is none, in the manager's words. */
  readonly detail?: string;
};

/** What is to be installed: absolute paths, links followed. */
export type Installation = {
  /** With the bundle (agent.js), and on packages with the host and Node beside it. */
  readonly folder: string;
  /** The configuration that --config or FETTLE_CONFIG named; absent for the usual place. */
  readonly configFile?: string;
};

/** What each of linux.ts, darwin.ts and win32.ts exports as `serviceManager`. */
export type MakeServiceManager = (installation: Installation) => ServiceManager;
