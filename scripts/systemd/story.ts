// What an administrator, and what goes wrong, does to the service; and what should come of it.
import { z } from 'zod';

import type { Check } from '../vm/checks.ts';
import type { Guest } from '../vm/guest.ts';
import type { Server } from './server.ts';

export type Stage = { readonly guest: Guest; readonly server: Server };
export type Step = { readonly name: string; readonly play: (stage: Stage) => Promise<readonly Check[]> };

const BUNDLE = '/usr/lib/fettle-agent/agent.js';
/** Until the service runs again after a process of it is stuck. */
const STUCK_S = 60;
const KILLED_S = 30;

const is = (what: string, wanted: string, found: string): Check => ({ what, wanted, found });
const atMost = (what: string, mostS: number, tookS: number): Check =>
  is(`${what} within ${mostS} s`, 'yes', tookS <= mostS ? 'yes' : `after ${tookS} s`);

/** @returns the exit code of a command, which goes to the console with all it says */
const codeOf = (guest: Guest, command: string): Promise<string> => guest.run(`${command} >/dev/console 2>&1; echo $?`);

const property = (guest: Guest, name: string): Promise<string> =>
  guest.run(`systemctl show fettle-agent --property=${name} --value`);

/** The host, and the agent that it started. */
const HOST = '$(systemctl show fettle-agent --property=MainPID --value)';
const AGENT = `$(echo $(cat /proc/${HOST}/task/${HOST}/children))`; // the kernel ends it with a space

/** Asks until it is so. @returns after how many seconds @throws GuestError when it is not so within `withinS` */
const until = async (guest: Guest, command: string, withinS: number): Promise<number> => {
  const loop = `i=0; until ${command}; do i=$((i+1)); [ $i -ge ${withinS * 2} ] && exit 1; sleep 0.5; done`;
  const beganMs = performance.now();
  await guest.run(`${loop} >/dev/console 2>&1`);
  return Math.round((performance.now() - beganMs) / 1000);
};

const STATUS = '/var/lib/fettle/status.json';
/** Without a start of Node, which takes seconds in an emulated machine. */
const isConnected = `grep -q "\\"pid\\":${AGENT}," ${STATUS} && grep -q '"state":"open"' ${STATUS}`;
const pending = (count: string) => `grep -q '"alerts":{[^}]*"pending":${count}' ${STATUS}`;
const isUp = 'systemctl is-active --quiet fettle-agent';

/** Sends a signal, and waits for another host or agent. */
const hurt = async (guest: Guest, who: string, signal: string): Promise<number> => {
  await guest.run(`echo ${who} >/run/before; kill -${signal} $(cat /run/before)`);
  return until(guest, `[ "${who}" != "$(cat /run/before)" ] && [ -n "${who}" ] && ${isUp}`, STUCK_S + KILLED_S);
};

const lane = z.object({
  lanes: z.object({
    alerts: z.object({ epoch: z.string(), nextSeq: z.int(), acked: z.int(), pending: z.int(), dropped: z.int() }),
  }),
});

/** Of the records of alerts: what was not acknowledged is pending, or lost. */
const laneOf = async (guest: Guest): Promise<string> => {
  const { alerts } = lane.parse(JSON.parse(await guest.run(`cat ${STATUS}`))).lanes;
  return `epoch ${alerts.epoch}, ${alerts.nextSeq - 1 - alerts.acked} pending, ${alerts.dropped} dropped`;
};

export const story: readonly Step[] = [
  {
    name: 'installed by hand, as a package does it',
    play: async ({ guest }) => {
      await guest.run(`systemd-sysusers --inline 'u fettle - "Fettle agent" /var/lib/fettle'`);
      return [
        is('service start before it is enrolled', '3', await codeOf(guest, 'fettle-agent service start')),
        is('service install', '0', await codeOf(guest, 'fettle-agent service install')),
        is('it starts with the machine', 'enabled', await property(guest, 'UnitFileState')),
        is('service status, stopped', '1', await codeOf(guest, 'fettle-agent service status --json')),
        is('service dance', '2', await codeOf(guest, 'fettle-agent service dance')),
        is(
          'service stop by another than root',
          '1',
          await codeOf(guest, 'setpriv --reuid=nobody --clear-groups fettle-agent service stop'),
        ),
      ];
    },
  },
  {
    name: 'enrolled and started',
    play: async ({ guest, server }) => {
      await guest.run('install -d -o fettle -g fettle -m 750 /var/lib/fettle; mkdir -p /etc/fettle');
      await guest.run(`printf 'tags = ["vip"]\\n[server]\\nurl = "${server.url}"\\n' >/etc/fettle/agent.toml`);
      const enroll = await codeOf(guest, `echo ${server.newToken()} | fettle-agent enroll --token -`);
      const start = await codeOf(guest, 'fettle-agent service start');
      const connectedS = await until(guest, isConnected, 120);
      return [
        is('enroll', '0', enroll),
        is('its tags are known to the server', '["vip"]', server.tags().join()),
        is('the key is the agent’s', 'fettle 600', await guest.run("stat -c '%U %a' /var/lib/fettle/identity.json")),
        is('service start', '0', start),
        is('service status', '0', await codeOf(guest, 'fettle-agent service status')),
        is('it runs as', 'fettle', await guest.run(`stat -c %U /proc/${AGENT}`)),
        is('with capabilities', '0000000000000000', await guest.run(`awk '/^CapEff/{print $2}' /proc/${AGENT}/status`)),
        atMost('connected', 90, connectedS),
      ];
    },
  },
  {
    name: 'reads what it may not read itself',
    play: async ({ guest }) => {
      await until(guest, '[ -e /run/fettle-smart/readings.json ]', 90);
      const has = (id: string) => guest.run(`grep -o '"id":"${id}","ok":[a-z]*' ${STATUS} | grep -o '[a-z]*$'`);
      const disk = `setpriv --reuid=fettle --regid=fettle --clear-groups fettle-agent collect --once smart --json`;
      return [
        is('the kernel’s log', 'true', await has('kernel-log')),
        is('services', 'true', await has('services')),
        is('disks', 'true', await has('smart')),
        is(
          'SMART belongs to',
          'root fettle 640',
          await guest.run("stat -c '%U %G %a' /run/fettle-smart/readings.json"),
        ),
        is('the disk’s serial number', 'QN1', await guest.run(`${disk} | grep -o QN1 | head -1`)),
      ];
    },
  },
  {
    name: 'the agent is killed',
    play: async ({ guest, server }) => {
      const tookS = await hurt(guest, AGENT, 'KILL');
      await until(guest, `${isConnected} && [ ! -e /var/lib/fettle/last-crash.json ]`, 120);
      const told = server.absences().some((text) => text.includes('was ended by SIGKILL'))
        ? 'yes'
        : server.absences().join();
      return [atMost('it runs again', KILLED_S, tookS), is('the server knows why', 'yes', told)];
    },
  },
  {
    name: 'the host is killed',
    play: async ({ guest }) => [atMost('it runs again', KILLED_S, await hurt(guest, HOST, 'KILL'))],
  },
  {
    name: 'the agent is stuck',
    play: async ({ guest, server }) => {
      await until(guest, isConnected, 120);
      const tookS = await hurt(guest, AGENT, 'STOP');
      await until(guest, `${isConnected} && [ ! -e /var/lib/fettle/last-crash.json ]`, 120);
      const told = server.absences().some((text) => text.includes('did not answer any more'))
        ? 'yes'
        : server.absences().join();
      return [atMost('it runs again', STUCK_S, tookS), is('the server knows why', 'yes', told)];
    },
  },
  {
    name: 'the host is stuck',
    play: async ({ guest }) => [atMost('it runs again', STUCK_S, await hurt(guest, HOST, 'STOP'))],
  },
  {
    name: 'it crashes each time',
    play: async ({ guest }) => {
      const restarts = Number(await property(guest, 'NRestarts'));
      await guest.run(
        `mv ${BUNDLE} ${BUNDLE}.good; echo 'process.exit(9)' >${BUNDLE}; systemctl kill --signal=KILL fettle-agent`,
      );
      const many = `[ "$(systemctl show fettle-agent --property=NRestarts --value)" -ge ${restarts + 7} ]`;
      const loopS = await until(guest, many, 180);
      const state = await property(guest, 'SubState');
      await guest.run(`mv ${BUNDLE}.good ${BUNDLE}`);
      return [
        is('seven starts take', 'half a minute or more', loopS >= 30 ? 'half a minute or more' : `${loopS} s`),
        is('it is not given up', 'true', String(['auto-restart', 'start', 'running'].includes(state))),
        atMost('well again, it runs', STUCK_S, await until(guest, `${isUp} && ${isConnected}`, 120)),
      ];
    },
  },
  {
    name: 'another version while the server is away',
    play: async ({ guest, server }) => {
      const identity = await guest.run('sha256sum </var/lib/fettle/identity.json');
      const [before = ''] = (await laneOf(guest)).split(',');
      await server.stop();
      await guest.run('systemctl restart fettle-agent');
      await until(guest, pending('[1-9]'), 120);
      await guest.run(`cp ${BUNDLE} /run/agent.js && mv /run/agent.js ${BUNDLE} && systemctl try-restart fettle-agent`);
      await server.start();
      await until(guest, `${isConnected} && ${pending('0')}`, 180);
      return [
        is('its identity', identity, await guest.run('sha256sum </var/lib/fettle/identity.json')),
        is('its spool, all of it sent', `${before}, 0 pending, 0 dropped`, await laneOf(guest)),
      ];
    },
  },
  {
    name: 'from a folder of its own',
    play: async ({ guest }) => {
      const stop = await codeOf(guest, 'fettle-agent service stop');
      const uninstall = await codeOf(guest, 'fettle-agent service uninstall');
      await guest.run(
        'rm /usr/lib/systemd/system/fettle-*; cp -r /usr/lib/fettle-agent /opt/agent; cp -r /opt/agent /home/',
      );
      const own = (folder: string, verb: string) => codeOf(guest, `${folder}/node ${folder}/agent.js service ${verb}`);
      return [
        is('service stop', '0', stop),
        is('service uninstall', '0', uninstall),
        is('service install from /home', '1', await own('/home/agent', 'install')),
        is('service install from /opt', '0', await own('/opt/agent', 'install')),
        is('service start', '0', await own('/opt/agent', 'start')),
        atMost('connected', 90, await until(guest, isConnected, 120)),
        is('service uninstall', '0', await own('/opt/agent', 'uninstall')),
        is('nothing is left of it', '', await guest.run('ls /etc/systemd/system | grep fettle-[as] || true')),
        is('but the identity', '1', await guest.run('ls /var/lib/fettle/identity.json | wc -l')),
      ];
    },
  },
];
