// What runs before anything publishes a package: only `pnpm release` has looked at the state of the
// repository. `npm publish` would also leave `workspace:^` in the manifest, and the license out.
if (process.env["AIO_RELEASE"] !== "1") {
  console.error("Cannot publish a package by itself: run `pnpm release` at the root");
  process.exit(1);
}
