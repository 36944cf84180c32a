/** Where the tree stands, so that rules know a file by its place in the project. */
const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** Folders that are not part of what a user imports. */
const OUTSIDE = /^(bench|examples|tests|third_party|tools)\//;

/** The page of the playground runs in a browser, on the browser's own clock. */
const PAGE = /^runner\/playground\/(src\/|build\.ts$)/;

/** The path of a linted file within the project, with forward slashes. */
export function pathInProject(filename: string): string {
  const path = filename.replace(/^file:\/\//, "").replaceAll("\\", "/");
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path;
}

/** Whether a file is a test or stands in a folder of tests. */
export function isTest(path: string): boolean {
  return path.endsWith("_test.ts") || path.startsWith("tests/");
}

/** Whether a file is SDK source: what the package publishes and runs in a user's process. */
export function isSource(path: string): boolean {
  return !isTest(path) && !OUTSIDE.test(path) && !PAGE.test(path);
}
