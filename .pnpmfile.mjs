/** Takes out of a package's manifest what only this repository can use, before npm gets it. */
function beforePacking(manifest) {
  delete manifest.devDependencies;
  delete manifest.scripts;
  delete manifest.exports?.["."]?.["@aio/source"];
  return manifest;
}

export const hooks = { beforePacking };
