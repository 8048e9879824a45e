// Runs f2b as `f2b.js` does, and keeps what V8 has made of the bundle by then. Run by the build, for commands that are to begin fast.
const { join } = require('node:path');
const { load, writeCode } = require('./load.js');

// Workers do the same, see `worker.js` in the bundle.
process.env.F2B_RECORD_CODE = '1';
// V8 refuses code that another V8 made under other flags.
require('node:v8').setFlagsFromString = () => {};
process.on('exit', writeCode);
load(join(__dirname, '../bundle/f2b/main.js'));
