/**
 * The packages with a Node for one platform name it as a string. pnpm only reads lists, so it would
 * download all of them everywhere. They also do not state that they need glibc.
 */
function readPackage(manifest) {
  if (typeof manifest.os !== "string") return manifest;
  const libc = manifest.os === "linux" ? { libc: ["glibc"] } : {};
  return { ...manifest, os: [manifest.os], cpu: [manifest.cpu], ...libc };
}

/** Removes the fields that only this repository uses before a package is published. */
function beforePacking(manifest) {
  delete manifest.devDependencies;
  delete manifest.scripts;
  delete manifest.exports?.["."]?.["@aio/source"];
  return manifest;
}

export const hooks = { readPackage, beforePacking };
