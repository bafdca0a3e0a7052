// Things without an agent that an agent looks after. Judged on that agent's device wherever it has declared any; what follows
// (alert, ticket, priority) is of the thing itself.
import { CHECK_NAME } from '../../metric/check-name.ts';
import { MINUTE_MS } from '../../time.ts';
import type { Clause, Rule, StateRule, ThresholdRule } from '../rule.ts';
import { DAY_S, EVERY_CLASS } from './terms.ts';

const stateRule = (
  rule: Pick<StateRule, 'id' | 'title' | 'urgency' | 'text' | 'steps'>,
  metric: string,
): StateRule => ({
  ...rule,
  family: rule.id,
  kind: 'state',
  scope: {},
  signal: { metric, by: CHECK_NAME },
  levels: [{ severity: 'critical', forMs: 0, bad: [0], readings: 2 }],
  keepMs: 2 * MINUTE_MS,
  graceMs: 0,
  ticket: { atOnce: EVERY_CLASS },
});

const checkFailed = stateRule(
  {
    id: 'check.failed',
    title: 'A target does not answer as it should',
    urgency: ['high'],
    text: 'Two looks in a row found no answer, or the wrong one. The device that looks is well.',
    steps: [
      'Read on its page what the look came to: no route, refused, no answer, the wrong status.',
      'Is it on, and its cable in? Does the next device on the way answer, such as the switch that it hangs on?',
      'Try it from the machine that watches it: `ping HOST`, `curl -v URL`, `snmpget -v2c -c COMMUNITY HOST sysUpTime.0`.',
      'Was it moved or taken away on purpose? Then change the [[check]] in the file of that agent.',
    ],
  },
  'fettle.check.state',
);

const checkInterface = stateRule(
  {
    id: 'check.interface',
    title: 'An interface is down',
    urgency: ['medium'],
    text: 'An interface that was declared to be up is down, or the device does not have it any more.',
    steps: [
      'Is the cable in at both ends, and the device there switched on?',
      'Did the device at the other end change its speed, or is a transceiver broken? Look at its log.',
    ],
  },
  'fettle.check.interface',
);

const checkPower = stateRule(
  {
    id: 'check.power',
    title: 'A UPS runs on its battery',
    urgency: ['high'],
    text: 'The mains are gone or not as they should be: what hangs on the UPS goes off when its battery is empty.',
    steps: [
      'Is the power gone in the whole room, or is it the fuse, the plug, the UPS itself?',
      'See how long it will last: its charge is on its page. Shut down what must not just stop.',
    ],
  },
  'fettle.check.power',
);

/** Warns when a figure was beyond a bound for ten minutes. */
const warningRule = (
  rule: Pick<ThresholdRule, 'id' | 'title' | 'urgency' | 'text' | 'steps'>,
  clause: Clause,
): ThresholdRule => ({
  ...rule,
  family: rule.id,
  kind: 'threshold',
  scope: {},
  signal: { metric: clause.metric, by: CHECK_NAME },
  levels: [{ severity: 'warning', forMs: 10 * MINUTE_MS, any: [clause] }],
  keepMs: 10 * MINUTE_MS,
  graceMs: 0,
  ticket: { atOnce: EVERY_CLASS },
});

const checkLoss = warningRule(
  {
    id: 'check.loss',
    title: 'Packets are lost on the way',
    urgency: ['medium'],
    text: 'More than 20 % of the packets to the target were not answered over ten minutes.',
    steps: [
      'Find where they are lost: `mtr -n HOST` from the machine that watches it.',
      'On the local network: cable, port, radio. Beyond the router: the line is full, or its provider has a problem.',
    ],
  },
  { metric: 'fettle.check.loss', beyond: 'above', fireAt: 0.2, clearAt: 0.05 },
);

const REMAINING = 'fettle.check.certificate.remaining';
const checkCertificate: ThresholdRule = {
  id: 'check.certificate',
  family: 'check.certificate',
  title: 'The certificate of a site expires soon',
  kind: 'threshold',
  scope: {},
  signal: { metric: REMAINING, by: CHECK_NAME },
  levels: ([30, 7] as const).map((days) => ({
    severity: days === 7 ? 'critical' : 'warning',
    forMs: 0,
    any: [{ metric: REMAINING, beyond: 'below', fireAt: days * DAY_S, clearAt: days * DAY_S }],
  })),
  keepMs: 0,
  graceMs: 0,
  urgency: ['medium', 'high'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'The certificate that the site shows ends in less than 30 days (critical: a week), or has ended.',
  steps: [
    'See it: `openssl s_client -connect HOST:443 -servername HOST </dev/null | openssl x509 -noout -enddate -issuer`.',
    'Renew it where it comes from, and reload the server: a renewed file alone changes nothing.',
  ],
};

const checkSupply = warningRule(
  {
    id: 'check.supply',
    title: 'A printer supply runs out',
    urgency: ['low'],
    text: 'Less than 10 % of a supply is left, or of the room in a container for waste.',
    steps: [
      'Is a spare one there? Order one if not.',
      'Change it when the print gets pale or the printer asks for it.',
    ],
  },
  { metric: 'fettle.check.supply', beyond: 'below', fireAt: 0.1, clearAt: 0.15 },
);

export const checkRules: readonly Rule[] = [
  checkFailed,
  checkInterface,
  checkPower,
  checkLoss,
  checkCertificate,
  checkSupply,
];
