// Where the layering check finds our packages: their sources, so that it needs no build.
const { resolve } = require('node:path');

const source = (name) => resolve(__dirname, 'packages', name, 'src/index.ts');

module.exports = {
  resolve: {
    alias: {
      '@f2b/config$': source('config'),
      '@f2b/config/server$': resolve(__dirname, 'packages/config/src/resolve/server-settings.ts'),
      '@f2b/config/stream$': resolve(__dirname, 'packages/config/src/stream.ts'),
      '@f2b/matcher$': source('matcher'),
      '@f2b/matcher/stages$': resolve(__dirname, 'packages/matcher/src/stages.ts'),
      '@f2b/firewall$': source('firewall'),
      '@f2b/core$': source('core'),
    },
    extensions: ['.ts', '.js', '.mjs', '.json'],
    extensionAlias: { '.js': ['.ts', '.js'] },
    conditionNames: ['import', 'node', 'default'],
  },
};
