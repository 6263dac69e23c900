// Judges one page with Lighthouse: reads {chromium, flags, address, kept} as JSON from standard input, writes what it found
// as JSON.
//
// `kept` is what the tab's session storage holds when the page opens, such as the draft of somebody who has begun.

import { readFileSync } from "node:fs";

import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const { chromium, flags, address, kept } = JSON.parse(readFileSync(0, "utf8"));

const browser = await puppeteer.launch({ executablePath: chromium, args: flags, headless: true });
try {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument((items) => {
    if (location.protocol.startsWith("http")) for (const [name, value] of items) sessionStorage.setItem(name, value);
  }, Object.entries(kept));
  const { lhr } = await lighthouse(address, { logLevel: "silent" }, undefined, page);
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  const audits = Object.values(lhr.audits);
  const counted = new Set(Object.values(lhr.categories).flatMap((each) => each.auditRefs.filter((one) => one.weight > 0).map((one) => one.id)));
  const number = (name) => lhr.audits[name].numericValue;
  process.stdout.write(
    `${JSON.stringify({
      lighthouse: lhr.lighthouseVersion,
      shown: lhr.finalDisplayedUrl,
      power: lhr.environment.benchmarkIndex,
      warnings: lhr.runWarnings,
      scores: Object.fromEntries(["performance", "accessibility", "best-practices", "seo"].map((id) => [id, lhr.categories[id].score]).map(([id, score]) => [id, Math.round(score * 100)])),
      metrics: {
        fcp: number("first-contentful-paint"),
        lcp: number("largest-contentful-paint"),
        tbt: number("total-blocking-time"),
        cls: number("cumulative-layout-shift"),
        bytes: number("total-byte-weight"),
      },
      requests: lhr.audits["network-requests"].details.items.map(({ url, resourceType }) => ({ url, resourceType })),
      // What costs points, and why.
      missed: audits
        .filter((each) => each.score !== null && each.score < 1 && counted.has(each.id))
        .map(({ id, title, score, displayValue, details }) => ({
          id, title, score, displayValue,
          items: (details?.items ?? []).slice(0, 5).map((item) => item.node?.snippet ?? item.description ?? item.url ?? item.reason ?? "").filter(Boolean),
        })),
    })}\n`,
  );
} finally {
  await browser.close();
}
