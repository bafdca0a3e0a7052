// `npm run server -- VERB`: the server's command line from a checkout, with its data in ./data.
import { main } from '@fettle/server/main';

import { DATA_FOLDER } from './data-folder.ts';

process.exitCode = await main(process.argv.slice(2), { data_dir: DATA_FOLDER });
