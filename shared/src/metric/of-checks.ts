// What a chosen agent sees of things that have no agent: sites, switches, printers, UPSes.
import { CHECK_NAME } from './check-name.ts';
import { counted, metric, rate, ratio, remaining, seconds, state } from './spec.ts';

const NAME = [CHECK_NAME] as const;

export const ofChecks = [
  state('fettle.check.state', { failed: 0, passed: 1 }, NAME, 'Whether the target answered as it should.'),
  metric('fettle.check.latency', {
    unit: 's',
    resolution: 0.0001,
    min: 0,
    max: 3600,
    attributes: NAME,
    about: 'Until the answer was there.',
  }),
  ratio('fettle.check.loss', NAME, 'Share of the packets that were not answered.'),
  counted('fettle.check.status', 'status', NAME, 'Status of the HTTP answer.'),
  remaining(
    'fettle.check.certificate.remaining',
    NAME,
    'Until the certificate of the target expires; below 0 since then.',
  ),
  seconds('fettle.check.uptime', NAME, 'Since the target was started, by SNMP sysUpTime.'),
  ratio('fettle.check.supply', NAME, 'What is left of a printer supply, by SNMP.'),
  state('fettle.check.power', { battery: 0, mains: 1 }, NAME, 'What a UPS runs on, by SNMP upsOutputSource.'),
  ratio('fettle.check.charge', NAME, 'Charge of a UPS, by SNMP.'),
  state('fettle.check.interface', { down: 0, up: 1 }, NAME, 'An interface that should be up, by SNMP ifOperStatus.'),
  rate(
    'fettle.check.network.rate',
    'By/s',
    [...NAME, 'network.io.direction'],
    'Bytes received or sent per second by an interface, by SNMP.',
  ),
] as const;
