// What every page must hold, whoever visits it.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// axe knows the published rules. The source is evaluated, not loaded: the pages forbid scripts, and keep forbidding them.
export async function checkAccessibility(page, fail, visitor) {
  await page.evaluate(axe);
  const rules = visitor.contrast === false ? { "color-contrast": { enabled: false } } : {};
  const result = await page.evaluate((options) => window.axe.run(document, options), {
    runOnly: { type: "tag", values: tags },
    rules,
  });
  for (const violation of result.violations) {
    const nodes = violation.nodes.map((node) => `${node.target.join(" ")} (${node.failureSummary.replaceAll("\n", " ")})`);
    fail(`axe ${violation.id}: ${violation.help}: ${nodes.slice(0, 3).join("; ")}`);
  }
}

// Read from the HTML, so that it holds without scripts too.
export async function checkPage(page, fail) {
  if ((await page.locator("html").getAttribute("lang")) !== "en") fail("no language");
  if ((await page.locator("h1").count()) !== 1) fail("not one h1");
  if ((await page.locator("a.skip").count()) !== 1) fail("no skip link");
  if ((await page.locator("script").count()) !== 0) fail("a script");
  if ((await page.locator("[style], style").count()) !== 0) fail("an inline style");
  const title = await page.title();
  const wrong = (await page.locator("#errors").count()) > 0;
  if (wrong !== title.startsWith("Error: ")) fail(`the title is "${title}"`);
}

// The spacing that readers may set for themselves (WCAG 1.4.12). A constructed sheet passes the content security policy.
export async function spaceOut(page) {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
      p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  });
}

// Nothing sticks out sideways, at any width (WCAG 1.4.10).
export async function checkLayout(page, fail) {
  const { content, view } = await page.evaluate(() => ({
    content: document.scrollingElement.scrollWidth,
    view: document.documentElement.clientWidth,
  }));
  if (content > view) fail(`${content} px of content in a view of ${view} px`);
}

// Tab reaches everything in the order of the page, and each stop can be seen (WCAG 2.1.1, 2.4.3, 2.4.7, 2.4.11).
export async function checkKeyboard(page, fail) {
  const summary = page.locator("#errors");
  if ((await summary.count()) > 0) {
    const focused = await page.evaluate(() => document.activeElement?.id);
    if (focused !== "errors") fail(`the error summary has no focus, ${focused || "nothing"} has it`);
  }
  const expected = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")];
    const firstOfGroup = new Set();
    const stops = all.filter((element) => {
      if (!element.checkVisibility()) return false;
      if (element.type !== "radio") return true;
      // A group of radio buttons is one stop: the checked one, else the first.
      const group = [...document.getElementsByName(element.name)];
      const stop = group.find((radio) => radio.checked) ?? group[0];
      return element === stop && !firstOfGroup.has(element.name) && firstOfGroup.add(element.name);
    });
    stops.forEach((element, index) => element.setAttribute("data-walk", index));
    document.activeElement?.blur();
    window.getSelection()?.removeAllRanges();
    window.scrollTo(0, 0);
    return stops.length;
  });
  // Begin at the very top, whatever was focused before.
  await page.evaluate(() => {
    document.body.setAttribute("tabindex", "-1");
    document.body.focus();
    document.body.removeAttribute("tabindex");
  });
  const order = [];
  for (let count = 0; count < expected * 4 && order.at(-1) !== expected - 1; count += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(async () => {
      // The browser scrolls the focus into view with the next frame.
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const element = document.activeElement;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const top = document.elementFromPoint(box.left + Math.min(box.width, 8) / 2, box.top + box.height / 2);
      return {
        index: Number(element.getAttribute("data-walk") ?? -1),
        name: element.outerHTML.slice(0, 80),
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        inView: box.top > -1 && box.left > -1 && box.bottom < innerHeight + 1 && box.right < innerWidth + 1,
        onTop: top === element || element.contains(top) || (top?.contains(element) ?? false),
      };
    });
    if (stop.index === order.at(-1)) continue; // the inner parts of a date input
    if (!stop.ring) fail(`no focus ring on ${stop.name}`);
    if (!stop.inView || !stop.onTop) fail(`the focus is hidden on ${stop.name}`);
    order.push(stop.index);
  }
  const wanted = Array.from({ length: expected }, (_, index) => index);
  if (order.join() !== wanted.join()) fail(`tab order is ${order.join()} of ${expected}`);
}
