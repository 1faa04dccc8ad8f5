export function markdown(): string { return ""; }
