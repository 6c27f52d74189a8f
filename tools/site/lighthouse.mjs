// One Lighthouse for many pages: reads {"address", "device"} a line, writes a line of results each.
// Run by lighthouse.py through npx, which puts Lighthouse's program first on the PATH.
import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const cli = realpathSync(execFileSync("which", ["lighthouse"], { encoding: "utf8" }).trim());
const core = join(dirname(cli), "..", "core");
const { default: lighthouse } = await import(join(core, "index.js"));
const { default: desktop } = await import(join(core, "config", "desktop-config.js"));
const port = Number(process.argv[2]);
const onlyCategories = process.argv.slice(3);

for await (const line of createInterface({ input: process.stdin })) {
  const { address, device } = JSON.parse(line);
  const flags = { port, onlyCategories, output: "json", logLevel: "error", disableFullPageScreenshot: true };
  let said;
  try {
    const { lhr } = await lighthouse(address, flags, device === "desktop" ? desktop : undefined);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    const scores = Object.fromEntries(onlyCategories.map((name) => [name, Math.round(100 * lhr.categories[name].score)]));
    const heavy = new Set(lhr.categories.performance.auditRefs.map((one) => one.id));
    const failed = Object.values(lhr.audits).filter((a) => a.score !== null && a.score < 0.9 && (!heavy.has(a.id) || a.scoreDisplayMode === "numeric"));
    said = {
      scores,
      bytes: Math.round(lhr.audits["total-byte-weight"].numericValue),
      failed: failed.map((a) => (a.displayValue ? `${a.id} ${a.displayValue}` : a.id)),
    };
  } catch (problem) {
    said = { error: String(problem.message || problem) };
  }
  console.log(JSON.stringify(said));
}
