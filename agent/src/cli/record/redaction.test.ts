// What must not leave a volunteer's machine, planted where it stands on real ones.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Source, createRedaction, withoutSecrets } from './redaction.ts';

const HOSTNAME = 'marvin-pc.office.example.org';
const text = (text: string): Source => ({ from: '/x', text });

const redactAll = (sources: readonly Source[], paths: readonly string[] = []): readonly string[] => {
  const { redact } = createRedaction(sources, HOSTNAME, paths);
  return sources.map((source) => redact(source.text));
};

describe('nothing of the machine and its people is left of', () => {
  it.each<[what: string, secret: string, line: string]>([
    ['its name', 'marvin-pc', 'Nov 23 07:26:11 marvin-pc kernel: usb 1-1'],
    ['its domain', 'office.example.org', 'mail.office.example.org refused'],
    ['its name in a key, however short', 'vm', '{"_HOSTNAME":"vm","MESSAGE":"x"}'],
    ['a user of passwd', 'alice', 'alice:x:1000:1000:Alice Example,,,:/home/alice:/bin/bash'],
    ['a person of passwd', 'Alice Example', 'alice:x:1000:1000:Alice Example,,,:/home/alice:/bin/bash'],
    ['a member of a group', 'bertha', 'sudo:x:27:alice,bertha'],
    ['the owner of a home', 'carla', '259:1 / /home/carla/data rw - ext4 /dev/sda1 rw'],
    ['the owner of a stick', 'dora', '259:1 / /run/media/dora/STICK rw - vfat /dev/sdb1 rw'],
    ['an address of e-mail', 'alice@corp.example', 'to=<alice@corp.example>, relay=none'],
    ['a MAC address', 'a4:bb:6d:12:34:56', 'address a4:bb:6d:12:34:56 brd ff:ff:ff:ff:ff:ff'],
    ['a MAC address in capitals', 'A4-BB-6D-12-34-56', 'A4-BB-6D-12-34-56'],
    ['a MAC address in a name', 'a4bb6d123456', 'enxa4bb6d123456: link up'],
    ['an IPv4 address', '10.20.30.40', 'connection from 10.20.30.40:22'],
    ['an IPv4 address at the end of a sentence', '10.20.30.40', 'refused by 10.20.30.40.'],
    ['an IPv4 address in a name', '10.20.30.40', 'ip-10.20.30.40.lan'],
    ['an IPv6 network', '2a02:8109:1', 'route 2a02:8109:1::/48 dev eth0'],
    ['an IPv4 address in an IPv6 one', '10.20.30.40', '::ffff:10.20.30.40'],
    ['an IPv6 address', 'fe80::a6bb:6dff:fe12:3456', 'inet6 fe80::a6bb:6dff:fe12:3456/64'],
    ['a long IPv6 address', '2a02:8109:1:2:3:4:5:6', 'from 2a02:8109:1:2:3:4:5:6 port 22'],
    ['a UUID', '1b4e28ba-2fa1-11d2-883f-0016d3cca427', 'UUID=1b4e28ba-2fa1-11d2-883f-0016d3cca427'],
    ['a machine id', 'd41d8cd98f00b204e9800998ecf8427e', '{"_MACHINE_ID":"d41d8cd98f00b204e9800998ecf8427e"}'],
    ['a serial number in JSON', 'WD-WX11A1234567', '{"serial_number":"WD-WX11A1234567"}'],
    ['a serial number in text', 'S4EWNX0M123456', 'Serial Number:    S4EWNX0M123456'],
    [
      'a world wide name in text',
      '5 0014ee 2b1a2b3c4',
      'LU WWN Device Id: 5 0014ee 2b1a2b3c4\nWWN: 5 0014ee 2b1a2b3c4',
    ],
    ['a world wide name in JSON', '11543209412', '{"wwn":{"naa":5,"oui":5358,"id":11543209412}}'],
    ['a world wide name in a path', '5000c500a1b2c3d4', '/dev/disk/by-id/wwn-0x5000c500a1b2c3d4'],
    ['a password', 'geheim1', 'login failed: password=geheim1 user=x'],
    ['a password in quotes', 'ge heim', '{"password": "ge heim"}'],
    ['a community', 'sneaky', 'community: sneaky'],
    ['a token of ours', `ft_${'A'.repeat(43)}`, `token ft_${'A'.repeat(43)} refused`],
    ['a bearer', 'eyJhbGciOi.abc', 'Authorization: Bearer eyJhbGciOi.abc'],
    ['credentials in an address', 'me:secret', 'fatal: https://me:secret@git.corp.example/x'],
    ['a private key', 'MIGHAgEAMBMG', '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----'],
    ['half a private key', 'MIGHAgEAMBMG', '-----BEGIN EC PRIVATE KEY-----\nMIGHAgEAMBMG'],
  ])('%s', (_what, secret, line) => {
    expect(line).toContain(secret);
    for (const redacted of redactAll([text(line)])) expect(redacted.toLowerCase()).not.toContain(secret.toLowerCase());
  });

  it.each(['/sys/class/dmi/id/product_serial', '/sys/block/sda/device/wwid', '/sys/class/dmi/id/chassis_asset_tag'])(
    'the whole of %s',
    (from) => {
      const [redacted] = redactAll([{ from, text: 'ABC 1234\n' }]);
      expect(redacted).not.toContain('1234');
    },
  );
});

describe('another name', () => {
  it('is the same everywhere, in other texts and in paths too', () => {
    const [json = '', log = '', path = ''] = redactAll([
      text('{"serial_number":"WD-WX11A1234567"}'),
      text('ata1: WD-WX11A1234567 at a4:bb:6d:12:34:56'),
      text('/dev/disk/by-id/ata-WDC-WD-WX11A1234567'),
    ]);
    const { serial_number: name } = JSON.parse(json) as { serial_number: string };
    expect(log).toContain(name);
    expect(path).toContain(name);
  });

  it('is of the same form: as long, with the same signs between', () => {
    const [serial, uuid, mac] = redactAll([
      text('Serial Number: WD-WX11A1234567'),
      text('1b4e28ba-2fa1-11d2-883f-0016d3cca427'),
      text('a4:bb:6d:12:34:56'),
    ]);
    expect(serial).toMatch(/^Serial Number: S\d{14}$/);
    expect(uuid).toBe('00000000-0000-0000-0000-000000000001');
    expect(mac).toBe('02:00:00:00:00:01');
  });

  it('is not replaced again', () => {
    const { redact } = createRedaction([], HOSTNAME, []);
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6(), fc.uuid(), fc.emailAddress(), fc.stringMatching(/^[\da-f]{2}(:[\da-f]{2}){5}$/)),
        (name) => redact(redact(name)) === redact(name),
      ),
    );
  });
});

describe('what tells nothing of anybody stays', () => {
  it.each([
    '127.0.0.1:22 ::1 0.0.0.0 255.255.255.0',
    '00:00:00:00:00:00 ff:ff:ff:ff:ff:ff',
    '0000:00:1f.2 at 07:26:11, 2:0:0:0',
    'root:x:0:0:root:/root:/bin/bash',
    'cpu  1305 0 128 548 15 0 0 0 0 0',
    '{"serial_number":"0000000000","firmware_version":"1.2"}',
    'Serial Number: To be filled by O.E.M.',
  ])('%s', (line) => expect(redactAll([text(line)])).toEqual([line]));

  it('a part of a path that is asked for is no name', () => {
    const { redact, kept } = createRedaction([text('sudo:x:27:block,alice')], 'net', [
      '/sys/block/sda',
      '/sys/class/net',
    ]);
    expect(redact('/sys/block/sda alice /sys/class/net')).toBe('/sys/block/sda user1 /sys/class/net');
    expect(kept).toEqual(['net', 'block']);
  });
});

it('secrets alone are taken out of what an administrator sends', () => {
  expect(withoutSecrets('rest:https://me:geheim@backup.example/r password = x1y2 on marvin-pc')).toBe(
    'rest:https://…@backup.example/r password = [removed] on marvin-pc',
  );
});
