// Which events of the System log tell of failing hardware and of crashes: by provider and number, since numbers repeat. What
// several events tell of is counted by one of them. Sources: Microsoft's documentation of each provider's events.
import type { LineClass } from '../logs/kernel-lines.ts';
import type { WindowsEvent } from './event.parse.ts';

type EventClass = {
  readonly provider: string;
  readonly ids: readonly number[];
  readonly class: LineClass;
  /** Some of these are warnings; else only what is critical or an error is asked for. */
  readonly warns?: true;
};

const WHEA = 'Microsoft-Windows-WHEA-Logger';

export const eventClasses: readonly EventClass[] = [
  // bad block; controller error; error while paging; failure predicted; retried; read failed, surely
  { provider: 'disk', ids: [7, 11, 51, 52, 153, 154], class: 'disk', warns: true },
  // reset to device
  { provider: 'storahci', ids: [129], class: 'disk', warns: true },
  { provider: 'stornvme', ids: [11, 129], class: 'disk', warns: true },
  { provider: 'iaStorA', ids: [9, 129], class: 'disk', warns: true },
  { provider: 'iaStorAC', ids: [9, 129], class: 'disk', warns: true },
  { provider: 'iaStorVD', ids: [129], class: 'disk', warns: true },
  { provider: 'Ntfs', ids: [55, 98, 130, 131, 132, 133, 134, 135], class: 'filesystem' },
  { provider: 'Microsoft-Windows-Ntfs', ids: [55, 98, 130, 131, 132, 133, 134, 135], class: 'filesystem' },
  { provider: 'Microsoft-Windows-ReFS', ids: [133, 134, 135], class: 'filesystem' },
  { provider: WHEA, ids: [1, 18, 20], class: 'cpu' },
  { provider: WHEA, ids: [17, 19, 47], class: 'corrected', warns: true },
  { provider: 'Microsoft-Windows-MemoryDiagnostics-Results', ids: [1102, 1202], class: 'memory' },
  // the one event of every stop that nobody asked for; EventLog 6008 and the report of a blue screen tell of the same
  { provider: 'Microsoft-Windows-Kernel-Power', ids: [41], class: 'panic' },
  { provider: 'Microsoft-Windows-Resource-Exhaustion-Detector', ids: [2004], class: 'oom', warns: true },
];

const byEvent: ReadonlyMap<string, LineClass> = new Map(
  eventClasses.flatMap((row) => row.ids.map((id) => [`${row.provider.toLowerCase()} ${id}`, row.class] as const)),
);

export const classOfEvent = ({ provider, id }: WindowsEvent): LineClass | undefined =>
  byEvent.get(`${provider.toLowerCase()} ${id}`);

/** Whose warnings count too. Few, since Windows takes no query of more than about twenty comparisons. */
export const warningProviders: readonly string[] = [
  ...new Set(eventClasses.filter(({ warns }) => warns).map(({ provider }) => provider)),
];
