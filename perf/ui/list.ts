import type { Page } from "playwright";
import { LIST, SEARCH_BOX } from "./pages.ts";

/** A list that has not changed for so long shows the answer to what was typed. */
const QUIET_MS = 700;

/**
 * Types `text` key by key into the list's search box, then takes it away again; answers how long each key took, in ms, until the list
 * last changed because of it and was about to be painted. A key that changes nothing is left out.
 */
export async function timeKeystrokes(page: Page, text: string): Promise<readonly number[]> {
  const letters = text.split("");
  const keys = [...letters, ...letters.map(() => "Backspace")];
  await page.locator(SEARCH_BOX).first().click();
  await page.evaluate(watchList, { list: LIST, search: SEARCH_BOX });
  const times: number[] = [];
  for (const key of keys) {
    await page.keyboard.press(key);
    let taken: number | null = null;
    for (let before: number | null | undefined; before !== taken;) {
      before = taken;
      await page.waitForTimeout(QUIET_MS);
      taken = await page.evaluate(() => ("keyTakenMs" in window ? (window.keyTakenMs as number | null) : null));
    }
    if (taken !== null) times.push(taken);
  }
  return times;
}

/** Runs in the page: keeps `keyTakenMs`, from the last key in the search box until the frame after the list's last change. */
function watchList({ list, search }: { list: string; search: string }): void {
  const readList = () => {
    const found = document.querySelector(list);
    const links = [...(found?.querySelectorAll("a[href]") ?? [])].slice(0, 30);
    return `${found?.getAttribute("aria-rowcount")} ${links.map((link) => link.getAttribute("href")).join(" ")}`;
  };
  let typedAt = 0;
  let seen = readList();
  document.querySelector(search)?.addEventListener("keydown", (event) => {
    typedAt = event.timeStamp;
    Object.assign(window, { keyTakenMs: null });
  });
  new MutationObserver(() => {
    const now = readList();
    if (now === seen) return;
    seen = now;
    requestAnimationFrame(() => Object.assign(window, { keyTakenMs: performance.now() - typedAt }));
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}

/** Scrolls through the list like a hand on a wheel; answers every task that kept the page for more than 50 ms, in ms. */
export async function findLongTasks(page: Page, turns: number): Promise<readonly number[]> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((entries) => tasks.push(...entries.getEntries().map(({ duration }) => duration))).observe({
      type: "longtask",
    });
  });
  await page.mouse.move(700, 600);
  for (let turn = 0; turn < turns; turn += 1) {
    await page.mouse.wheel(0, turn % 40 < 30 ? 600 : -400);
    await page.waitForTimeout(30);
  }
  return page.evaluate(() => ("longTasks" in window ? (window.longTasks as number[]) : []));
}
