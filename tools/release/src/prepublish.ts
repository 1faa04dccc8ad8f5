// Runs before any publication of a package. Only `pnpm release` checks the state of the repository;
// `npm publish` would also leave `workspace:^` in the manifest and omit the license.
if (process.env["AIO_RELEASE"] !== "1") {
  console.error("Cannot publish a package by itself: run `pnpm release` at the root");
  process.exit(1);
}
