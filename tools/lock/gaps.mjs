// What a lock file lacks to be installed as it stands, on every platform.

/**
 * @typedef {object} LockedPackage
 * @property {boolean} [link] a workspace of ours
 * @property {string} [integrity]
 * @property {string} [resolved]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 */

/**
 * @param {{ packages: Record<string, LockedPackage> }} lock package-lock.json, version 3
 * @returns {string[]} a sentence for each gap, none where the lock is complete
 */
export function gapsOf(lock) {
  return Object.entries(lock.packages).flatMap(([place, locked]) => [
    ...wantsOf(locked)
      .filter((name) => !isLocked(lock.packages, place, name))
      .map((name) => `${place || 'package.json'} wants ${name}, which the lock file does not have`),
    ...doubtsOf(place, locked),
  ]);
}

/**
 * The packages that npm installs for this one. Optional ones count: each platform needs another of them.
 * @param {LockedPackage} locked
 */
function wantsOf(locked) {
  const peers = Object.keys(locked.peerDependencies ?? {}).filter(
    (name) => locked.peerDependenciesMeta?.[name]?.optional !== true,
  );
  return [...Object.keys(locked.dependencies ?? {}), ...Object.keys(locked.optionalDependencies ?? {}), ...peers];
}

/**
 * Is the package found from there as Node finds it: in the `node_modules` of the place, or of a folder above?
 * @param {Record<string, LockedPackage>} packages
 * @param {string} place a folder, '' for the root
 * @param {string} name
 */
function isLocked(packages, place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    if (`${folder && `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

/**
 * @param {string} place
 * @param {LockedPackage} locked
 */
function doubtsOf(place, locked) {
  if (!place.includes('node_modules/') || locked.link) return [];
  const doubts = [];
  if (!locked.integrity?.startsWith('sha512-')) doubts.push(`${place} has no sha512 sum`);
  if (locked.resolved !== undefined && !locked.resolved.startsWith('https://registry.npmjs.org/')) {
    doubts.push(`${place} comes from ${locked.resolved}, which others may not reach`);
  }
  return doubts;
}
