// What may import what, as rules. A forbidden import fails CI: move the concept, do not add an exception.

const { packages, rooms } = require('./.dependency-cruiser.rooms.cjs');

/** What stands above all rooms: a package's front door, and the program. */
const front = ['index', 'main'];
/** Files that the package's tests are made of; they may reach everywhere. */
const testFiles = '\\.test\\.ts$|/fixtures/';

const fileOf = (name, room) => `^packages/${name}/src/${room}(/|\\.ts$)`;

/** Files of these rooms, as a condition: not those of a room that has a place of its own within one of them. */
function filesOf(name, order, wanted) {
  const inner = order.filter((room) => wanted.some((one) => room.startsWith(`${one}/`)) && !wanted.includes(room));
  return {
    path: wanted.map((room) => fileOf(name, room)),
    pathNot: [...inner.map((room) => fileOf(name, room)), testFiles],
  };
}

/** Rules for one package: no room imports one that stands above it. */
function upwards([name, order]) {
  return order.map((room, floor) => ({
    name: `${name}-${room.replace('/', '-')}-imports-what-is-below`,
    severity: 'error',
    from: filesOf(name, order, [room]),
    to: filesOf(name, order, [...order.slice(floor + 1), ...front]),
  }));
}

/** A rule for one package: every file stands in a room that has a place in the table. */
function placed([name, order]) {
  const known = [...order, ...front].map((room) => fileOf(name, room));
  return {
    name: `${name}-rooms-have-a-place`,
    comment: 'a new room is entered in .dependency-cruiser.rooms.cjs, on the floor where it belongs',
    severity: 'error',
    from: {},
    to: { path: `^packages/${name}/src/`, pathNot: [...known, testFiles, '\\.d\\.ts$'] },
  };
}

/** A rule for one package: it imports only the packages that it may. */
function foreign([name, may]) {
  const others = Object.keys(packages).filter((other) => other !== name && !may.includes(other));
  return {
    name: `${name}-imports-only-${['itself', ...may].join('-')}`,
    severity: 'error',
    from: { path: `^packages/${name}/` },
    to: { path: others.map((other) => `^packages/${other}/`) },
  };
}

module.exports = {
  forbidden: [
    ...Object.entries(packages).map(foreign),
    ...Object.entries(rooms).flatMap(upwards),
    ...Object.entries(rooms).map(placed),
    {
      name: 'packages-through-the-front-door',
      comment: 'another package is imported by its name, never by a path into it',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/' },
      to: {
        path: '^packages/[^/]+/src/',
        pathNot:
          '^packages/($1/|[^/]+/src/index\\.ts$|config/src/(stream|resolve/server-settings)\\.ts$|matcher/src/stages\\.ts$)',
      },
    },
    {
      name: 'only-tests-import-tests',
      severity: 'error',
      from: { path: '^packages/', pathNot: testFiles },
      to: { path: testFiles },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ].filter((rule) => !(Array.isArray(rule.to.path) && rule.to.path.length === 0)),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/(?:dist|bundle)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    webpackConfig: { fileName: '.dependency-cruiser.resolve.cjs' },
  },
};
