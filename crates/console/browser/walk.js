// Walks the console in a real browser and fails on the first kind of visitor it shuts out.
//
//   node walk.js BASE_URL ACCESS_CODE FOLDER [SUBJECT_JSON]
//
// FOLDER receives the screenshots. SUBJECT_JSON says what to enter about the applicant, by property path; without
// it an invented college is asked about. CHROMIUM names the browser when it is not /usr/bin/chromium.

import { mkdir } from "node:fs/promises";
import { launch } from "./browser.js";
import { checkAccessibility, checkKeyboard, checkLayout, checkPage, spaceOut } from "./checks.js";
import { signIn, stops } from "./stops.js";

const [base, code, folder, subjectJson] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node walk.js BASE_URL ACCESS_CODE FOLDER [SUBJECT_JSON]");
  process.exit(2);
}
const visit = {
  base: base.replace(/\/$/, ""),
  code,
  subject: subjectJson
    ? JSON.parse(subjectJson)
    : { legalName: "Maple Hollow Community College", "registeredAddress.postName": "Maple Hollow" },
};

// Who comes: each walks every stop. Pictures are kept of the two widths that people have; 320 is 1280 at 400 % zoom.
const visitors = [
  { name: "1280", width: 1280, pictures: true, keyboard: true },
  { name: "360", width: 360, pictures: true, keyboard: true },
  { name: "320", width: 320 },
  { name: "360-wide-spacing", width: 360, spacing: true },
  { name: "1280-dark", width: 1280, colorScheme: "dark", pictures: true },
  { name: "360-dark", width: 360, colorScheme: "dark" },
  { name: "1280-forced-colors", width: 1280, forcedColors: "active", contrast: false, pictures: true },
  { name: "1280-without-scripts", width: 1280, scripts: false, contrast: false },
];

await mkdir(folder, { recursive: true });
const browser = await launch();
const failures = [];
let seen = 0;
const absent = new Set();
try {
  for (const visitor of visitors) {
    const context = await browser.newContext({
      viewport: { width: visitor.width, height: 800 },
      colorScheme: visitor.colorScheme ?? "light",
      forcedColors: visitor.forcedColors ?? "none",
      reducedMotion: "reduce",
      javaScriptEnabled: visitor.scripts !== false,
      acceptDownloads: true,
    });
    const page = await context.newPage();
    let where = "";
    const fail = (text) => failures.push(`${visitor.name}, ${where}: ${text}`);
    page.on("console", (message) => message.type() === "error" && !/status of 4\d\d/.test(message.text()) && fail(message.text()));
    page.on("pageerror", (error) => fail(error.message));
    let signedIn = false;
    for (const stop of stops) {
      where = stop.name;
      try {
        if (stop.staff && !signedIn) {
          await signIn(page, visit);
          signedIn = true;
        }
        if ((await stop.go(page, visit)) === "absent") {
          absent.add(stop.name);
          continue;
        }
        seen += 1;
        if (visitor.spacing) await spaceOut(page);
        await checkPage(page, fail);
        await checkLayout(page, fail);
        if (visitor.scripts !== false) await checkAccessibility(page, fail, visitor);
        if (visitor.pictures) {
          await page.screenshot({ path: `${folder}/${stop.name}-${visitor.name}.png`, fullPage: true });
        }
        if (stop.readme && visitor.name === "1280") {
          const clip = { x: 0, y: 0, width: 1280, height: 1180 };
          await page.screenshot({ path: `${folder}/readme.png`, fullPage: true, clip });
        }
        if (visitor.keyboard) await checkKeyboard(page, fail);
      } catch (error) {
        fail(error.message);
      }
    }
    await context.close();
  }
} finally {
  await browser.close();
}

for (const name of absent) console.error(`– ${name} was not there to see`);
for (const failure of failures) console.error(`✗ ${failure}`);
console.log(`${seen} pages seen by ${visitors.length} visitors, ${failures.length} failures; pictures in ${folder}`);
process.exit(failures.length ? 1 : 0);
