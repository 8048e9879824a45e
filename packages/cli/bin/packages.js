// The packages that f2b is made of, by the names of their directories: what `package.json` depends on, and this one.
const { dependencies } = require('../package.json');

const own = Object.keys(dependencies).filter((name) => name.startsWith('@f2b/'));

module.exports = [...own.map((name) => name.slice('@f2b/'.length)), 'cli'];
