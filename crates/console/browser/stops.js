// The stops of the walk, in order. Each brings the page to where it is looked at; "absent" skips what a node without
// exchanges cannot show.

export async function signIn(page, visit) {
  await page.goto(`${visit.base}/sign-in`);
  await page.fill("#code", visit.code);
  await page.click("main button[type=submit]");
  await page.waitForURL(`${visit.base}/`);
}

async function fillSubject(page, visit) {
  for (const [path, value] of Object.entries(visit.subject)) {
    await page.fill(`[id="${path}"]`, value);
  }
  await page.check("#purpose");
  await page.fill("#case", "WALK-1");
}

async function openExchange(page, visit) {
  await page.goto(`${visit.base}/exchanges`);
  const links = page.locator("tbody a");
  if ((await links.count()) === 0) return "absent";
  await links.first().click();
  await page.waitForURL(/\/exchanges\/[0-9a-f]{32}$/);
}

export const stops = [
  { name: "sign-in", go: (page, visit) => page.goto(`${visit.base}/sign-in`) },
  {
    name: "sign-in-wrong",
    async go(page, visit) {
      await page.goto(`${visit.base}/sign-in`);
      await page.click("main button[type=submit]");
    },
  },
  { name: "help-signed-out", go: (page, visit) => page.goto(`${visit.base}/help`) },
  { name: "home", staff: true, go: (page, visit) => page.goto(`${visit.base}/`) },
  { name: "ask", staff: true, go: (page, visit) => page.goto(`${visit.base}/ask`) },
  {
    name: "ask-wrong",
    staff: true,
    async go(page, visit) {
      await page.goto(`${visit.base}/ask`);
      for (const box of await page.locator("input[type=checkbox]").all()) await box.uncheck();
      await page.click("main button[type=submit]");
      await page.waitForSelector("#errors");
    },
  },
  {
    name: "answers",
    staff: true,
    // Its upper part is the picture in the project's README.
    readme: true,
    async go(page, visit) {
      await page.goto(`${visit.base}/ask`);
      await fillSubject(page, visit);
      await page.click("main button[type=submit]");
      await page.waitForSelector(".card");
      const details = page.locator("details summary");
      if ((await details.count()) > 0) await details.first().click();
    },
  },
  {
    name: "answers-none",
    staff: true,
    async go(page, visit) {
      await page.goto(`${visit.base}/ask`);
      await fillSubject(page, { subject: { ...visit.subject, legalName: "refuse Nobody of That Name" } });
      await page.click("main button[type=submit]");
      await page.waitForSelector(".card");
    },
  },
  { name: "exchanges", staff: true, go: (page, visit) => page.goto(`${visit.base}/exchanges`) },
  {
    name: "exchanges-filtered",
    staff: true,
    go: (page, visit) => page.goto(`${visit.base}/exchanges?outcome=refused&from=2026-11-02&until=2026-11-01`),
  },
  { name: "exchange", staff: true, go: openExchange },
  {
    name: "exchange-verified",
    staff: true,
    async go(page, visit) {
      if ((await openExchange(page, visit)) === "absent") return "absent";
      const button = page.locator("main button[type=submit]");
      if ((await button.count()) === 0) return "absent";
      await button.click();
      await page.waitForSelector(".verdict");
    },
  },
  { name: "help", staff: true, go: (page, visit) => page.goto(`${visit.base}/help`) },
  { name: "not-found", staff: true, go: (page, visit) => page.goto(`${visit.base}/no/such/page`) },
  {
    name: "signed-out",
    staff: true,
    async go(page, visit) {
      await page.goto(`${visit.base}/`);
      await page.click(".head-out button");
      await page.waitForURL(`${visit.base}/sign-in`);
      await page.goto(`${visit.base}/`);
      if (!page.url().endsWith("/sign-in")) throw new Error("signed out, and still home opens");
    },
  },
];
