/**
 * The packages that hold a Node for one platform name the platform as a string. pnpm reads lists only,
 * and would download all of them everywhere. They say nothing of the C library, which is glibc.
 */
function readPackage(manifest) {
  if (typeof manifest.os !== "string") return manifest;
  const libc = manifest.os === "linux" ? { libc: ["glibc"] } : {};
  return { ...manifest, os: [manifest.os], cpu: [manifest.cpu], ...libc };
}

/** Takes out of a package's manifest what only this repository can use, before npm gets it. */
function beforePacking(manifest) {
  delete manifest.devDependencies;
  delete manifest.scripts;
  delete manifest.exports?.["."]?.["@aio/source"];
  return manifest;
}

export const hooks = { readPackage, beforePacking };
