// The house as a table; .dependency-cruiser.cjs makes rules of it, and `npm run layering` keeps them.

// The packages, and what each may import of the others.
exports.packages = {
  config: [],
  matcher: ['config'],
  firewall: ['config'],
  core: ['config', 'matcher', 'firewall'],
  cli: ['config', 'matcher', 'firewall', 'core'],
};

// The rooms of each package's src, from the ground up: a room may import those that stand before it, and itself.
// A file that stands in src itself is a room of its own.
exports.rooms = {
  config: [
    'units',
    'defaults',
    'log-levels',
    'settings',
    'dump',
    'errors',
    'voice',
    'findings',
    'syntax',
    'merge',
    'interpolate',
    'values',
    'library',
    'render',
    'own',
    'resolve',
    'compare',
    'check',
    'stream',
  ],
  matcher: [
    'memory-layout',
    'errors',
    'failures',
    'literals',
    'dialect',
    'engines',
    'dates',
    'encoding',
    'filter',
    'scan',
    'pool',
    'lint',
    'stages',
  ],
  firewall: ['voice', 'errors', 'network', 'orders', 'process', 'tools', 'backends', 'scripts', 'actor'],
  core: ['errors', 'clock', 'sources', 'jails', 'keeping', 'telling', 'acts', 'edges', 'scanning', 'guard'],
  cli: [
    'errors',
    'printable',
    'commandline',
    'places',
    'daemon/voice',
    'daemon/control',
    'render',
    'daemon',
    'tools/first-run',
    'tools/regex',
    'tools/explain',
    'tools/bench',
    'tools/config',
    'commands',
  ],
};
