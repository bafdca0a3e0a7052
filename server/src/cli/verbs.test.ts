// The command line: what it prints, and the exit codes that scripts go by. Beside one real server; one of each kind is a process of
// its own, the rest runs here.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { settings } from '../config/config.ts';
import { portOf } from '../http/port.ts';
import { MAIN, data, at, runHere } from './verbs-fixture.ts';

describe('help', () => {
  it.each([[['help']], [['--help']], [['-h']], [['token', '--help']], [['run', '--port', 'x', '--help']]])(
    '%j prints every verb and every setting with its flag, environment variable and meaning, and is no error',
    async (args) => {
      const { stdout, stderr, code } = await runHere(args);
      expect([stderr, code]).toEqual(['', 0]);
      const safety = ['backup [--out FOLDER] [--daily]', 'restore FOLDER|FILE', 'check'];
      const others = [
        'init [--config FILE] [--SETTING VALUE …]',
        'doctor',
        'run [--hurry]',
        'token [--site S] [--days N] [--uses N]',
        'login-link [--user NAME]',
        'api-token NAME',
        'user list|add|change|disable|enable|remove',
        'tenant list|add',
        'site list|add',
        'rules export|import|check|test',
        'external list|set|remove',
        'version',
        'help',
      ];
      for (const verb of [...others, ...safety]) expect(stdout).toContain(`\n  ${verb} `);
      for (const { flag, env, key, about } of settings)
        expect(stdout).toMatch(new RegExp(`^  --${flag} +${env} +${key}: ${about}$`, 'm'));
    },
  );

  it.each([
    ['no verb', [], 'usage: fettle-server VERB'],
    ['an unknown verb', ['dance'], 'There is no verb "dance".\nusage: fettle-server VERB'],
    ['a verb of every object', ['constructor'], 'There is no verb "constructor".'],
    ['an unknown flag', ['run', '--dance'], "Unknown option '--dance'"],
    ['a word too many', ['version', 'now'], "Unexpected argument 'now'"],
    ['nothing to restore', ['restore'], 'Name what to restore: the folder of a backup'],
    ['two things to restore', ['restore', 'a', 'b'], 'One word too many: b'],
    [
      'a user without a role',
      ['user', 'add', 'kim', '--tenant', 'home'],
      'Say what they may do: --role technician|viewer',
    ],
    ['a user without a tenant', ['user', 'add', 'kim', '--role', 'viewer'], 'Say for whom: --tenant T,…'],
    ['a user without a name', ['user', 'add'], 'Say whom or what: add NAME'],
    [
      'what cannot be done to users',
      ['user', 'promote', 'kim'],
      '"promote" cannot be done here: list, add, change, disable',
    ],
    ['a tenant without a prefix', ['tenant', 'add', 'acme'], '--prefix ACME'],
    ['a site without a tenant', ['site', 'add', 'yard'], 'Say whose it is: --tenant T'],
    ['a token of no role', ['api-token', 'x', '--role', 'king'], '--role king: expected owner, technician, viewer.'],
    ['a token for nothing', ['api-token'], 'Name what it is for: api-token NAME'],
    ['a ticket system that is nowhere', ['external', 'set', 'home'], 'Say where it is: --url'],
    [
      'a ticket system with a password in its address',
      ['external', 'set', 'home', '--url', 'https://a:b@rt.example'],
      'Say where it is: --url',
    ],
    [
      'a ticket system without a secret',
      ['external', 'set', 'home', '--url', 'https://rt.example', '--secret-file', '/none'],
      '--secret-file FILE',
    ],
    [
      'a ticket system of no kind',
      ['external', 'set', 'home', '--kind', 'fax'],
      '--kind fax: expected rt, mail, webhook.',
    ],
    [
      'two mailboxes in one, and a header',
      ['external', 'set', 'home', '--kind', 'mail', '--to', 'a@b.example\r\nBcc: c@d.example'],
      'Say which mailbox: --to helpdesk@example.org',
    ],
    [
      'a webhook without its key',
      ['external', 'set', 'home', '--kind', 'webhook', '--url', 'https://desk.example/in'],
      'Name a file with the key that messages are signed with: --secret-file FILE',
    ],
    ['a flag without its value', ['run', '--port'], "Option '--port <value>' argument missing"],
    ['a number of days that is none', ['token', '--days', '0'], '--days 0: expected a number from 1 to 30.'],
    [
      'more uses than there may be',
      ['token', '--uses', '100001'],
      '--uses 100001: expected a number from 1 to 100000.',
    ],
  ])('%s is an error of usage, on stderr', async (_name, args, said) => {
    const { stdout, stderr, code } = await runHere(args);
    expect(stderr).toContain(said);
    expect([stdout, code]).toEqual(['', 2]);
  });
});

describe('what cannot be', () => {
  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['a configuration that is not there', ['run', '--config', '/none.toml'], {}, '/none.toml cannot be read: '],
    ['a wrong value of the environment', ['run'], { FETTLE_PORT: 'many' }, 'environment FETTLE_PORT: listen.port: '],
    ['beyond loopback without TLS', ['run', '--host', '0.0.0.0'], {}, 'listen.host: 0.0.0.0 is beyond loopback'],
    [
      'a certificate that is not there',
      ['run', '--cert-file', '/none.pem', '--key-file', '/none.key'],
      {},
      'tls.cert_file: /none.pem cannot be read: ',
    ],
    [
      'a data folder in a file',
      ['run', '--data', join(MAIN, 'x')],
      {},
      `The data folder ${join(MAIN, 'x')} cannot be used: ENOTDIR`,
    ],
    [
      'a data folder that the system makes',
      ['run', '--data', '/proc/fettle'],
      {},
      'The data folder /proc/fettle cannot be used: ',
    ],
    [
      'a second server on the folder',
      ['run', '--data', data, '--port', '0'],
      {},
      `Another server uses the data folder ${data}. Stop it`,
    ],
    [
      'a login link without a server',
      ['login-link', '--data', at('empty')],
      {},
      `No server runs on ${at('empty')}. Start it first.`,
    ],
    ['a token in a folder without data', ['token', '--data', at('typo')], {}, `${at('typo')} has no data of a server.`],
    ['a backup of no data', ['backup', '--data', at('typo')], {}, `${at('typo')} has no data of a server.`],
    ['a backup in a file', ['backup', '--data', data, '--out', MAIN], {}, MAIN],
    [
      'a restore under a running server',
      ['restore', at('typo'), '--data', data],
      {},
      `Another server uses the data folder`,
    ],
    ['a restore of nothing', ['restore', at('typo'), '--data', at('third')], {}, `There is no ${at('typo')}.`],
    ['a token for a site that is none', ['token', '--data', data, '--site', 'moon'], {}, 'There is no site "moon".'],
  ])('%s is said in one line, with exit code 1', async (_name, args, env, said) => {
    const { stdout, stderr, code } = await runHere(args, env);
    expect(stderr).toContain(said);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([stdout, code]).toEqual(['', 1]);
  });

  it('a port that another program listens on', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = portOf(other);
    const { stderr, code } = await runHere(['run', '--data', at('second'), '--port', String(port)]);
    other.close();
    expect(stderr).toMatch(
      new RegExp(`EADDRINUSE.*127\\.0\\.0\\.1:${port}\\. Another program listens there: set listen\\.port\\.\n$`),
    );
    expect(code).toBe(1);
  });
});
