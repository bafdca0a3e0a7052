// `npm run login-link`: a fresh link for the owner of the server that runs from this checkout.
import { main } from '@fettle/server/main';

import { DATA_FOLDER } from './data-folder.ts';

process.exitCode = await main(['login-link', ...process.argv.slice(2)], { data_dir: DATA_FOLDER });
