// Starts Debian's Chromium with a profile of its own, quiet and offline but for the pages under test.

import { chromium } from "playwright-core";

export function launch() {
  // Without a user data folder Playwright makes a fresh one in the system's temporary folder and removes it.
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
