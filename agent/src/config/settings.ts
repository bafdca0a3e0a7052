// The settings, with what people need to know of each, and where its value may come from beside the files.
import type { Setting } from '@fettle/shared/config/layers';

import type { Config } from './config.schema.ts';

export const settings: readonly (Setting & { readonly key: keyof Config })[] = [
  { key: 'server.url', flag: 'server', env: 'FETTLE_SERVER_URL', about: 'the server, such as https://fettle.example' },
  {
    key: 'server.ca_file',
    flag: 'ca-file',
    env: 'FETTLE_CA_FILE',
    about: 'PEM file of your own certificate authority',
  },
  {
    key: 'enroll.token',
    about: 'the enrolment token itself, as a managed policy gives it; better in a file that only root can read',
  },
  {
    key: 'proxy',
    flag: 'proxy',
    env: 'FETTLE_PROXY',
    about:
      'on the way to the server: http://USER:PASSWORD@proxy.example:3128, or none; else as HTTPS_PROXY and NO_PROXY say',
  },
  {
    key: 'enroll.token_file',
    flag: 'token-file',
    env: 'FETTLE_TOKEN_FILE',
    about: 'file with the enrolment token; deleted when used',
  },
  {
    key: 'class',
    flag: 'class',
    env: 'FETTLE_CLASS',
    about: 'server, desktop, laptop, kiosk, network or ephemeral; else found out',
  },
  {
    key: 'tags',
    flag: 'tags',
    env: 'FETTLE_TAGS',
    about: 'what this device is to people, told when it enrols: list, in a flag or variable divided by commas',
  },
  { key: 'data_dir', flag: 'data-dir', env: 'FETTLE_DATA_DIR', about: 'folder of the identity and the state' },
  { key: 'log.level', flag: 'log-level', env: 'FETTLE_LOG_LEVEL', about: 'debug, info, warn or error' },
  {
    key: 'services.watch',
    about: 'list of systemd units, or labels of launchd, to watch although they do not start by themselves',
  },
  { key: 'services.ignore', about: 'list of systemd units, or labels of launchd, not to watch' },
  { key: 'certificates.files', about: 'list of files and folders with certificates that must not expire' },
  { key: 'disk', about: '[[disk]] sections: device, and type, skip or wake' },
  {
    key: 'backup',
    about: '[[backup]] sections: name, kind (files, restic, borg, systemd or command), and what that kind needs',
  },
  { key: 'check', about: '[[check]] sections: name, and what each kind needs' },
];
