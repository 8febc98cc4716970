import { expect, test } from "./fixtures.ts";

const PAGES = ["/", "/prices", "/settings/people", "/sign-in", "/join", "/nowhere"];

test("nobody gets a page that runs inline scripts without a nonce, or the nonce of another page", async ({ page }) => {
  const nonces: string[] = [];
  for (const path of [...PAGES, ...PAGES]) {
    const answer = await page.request.get(path, {
      headers: { "x-nonce": "chosen", "content-security-policy": "script-src 'nonce-chosen'" },
      failOnStatusCode: false,
    });
    const policy = answer.headers()["content-security-policy"] ?? "";
    const scripts = policy.split("; ").filter((directive) => /^(script|default)-src/.test(directive));
    expect(scripts.join(), path).not.toMatch(/unsafe|https?:|data:|\*|chosen/);
    const nonce = /^default-src 'self'; script-src 'self' 'nonce-([\w+/]{22}==)' 'strict-dynamic'; /.exec(policy)?.[1];
    nonces.push(nonce ?? "none");
    const html = await answer.text();
    expect(html).toContain("<script");
    for (const [tag] of html.matchAll(/<(?:script|style)[^>]*>/g)) expect(tag, path).toContain(`nonce="${nonce}"`);
    expect(html).not.toContain("chosen");
  }
  expect(new Set(nonces).size).toBe(PAGES.length * 2);
});

test("an inline script that somebody smuggles into a page does not run", async ({ page, consoleErrors }) => {
  await page.goto("/prices");
  await page.evaluate(() => {
    const text = document.createElement("div");
    text.innerHTML = `<img src="data:," onerror="document.title = 'smuggled'"><script>document.title = 'smuggled'</script>`;
    document.body.append(text);
    const style = document.createElement("style");
    style.textContent = "body { opacity: 0.5 }";
    document.body.append(style);
  });
  await expect.poll(() => consoleErrors.join("\n")).toContain("Content Security Policy");
  expect(await page.title()).not.toBe("smuggled");
  expect(await page.evaluate(() => getComputedStyle(document.body).opacity)).toBe("1");
});

test("the description of the API works for people under a policy without inline scripts", async ({
  page,
  consoleErrors,
}) => {
  const answer = await page.goto("/docs/api/");
  expect(answer?.headers()["content-security-policy"]).toContain("default-src 'self'; script-src 'self'; ");
  await page.getByText("/v1/prices", { exact: true }).first().click();
  await expect(page.getByRole("button", { name: "Try it out" }).first()).toBeVisible();
  expect(consoleErrors).toEqual([]);
});

test("dialogs, menus and notifications work under the policy, and the page behind a dialog stands still", async ({
  page,
  consoleErrors,
  api: _ready,
}) => {
  await page.goto("/sources");
  await page.getByRole("button", { name: /add a source/i }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expect.poll(() => page.evaluate(() => getComputedStyle(document.body).overflow)).toBe("hidden");
  await page.keyboard.press("Escape");
  await page.goto("/");
  await page.getByRole("button", { name: "Sync now" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  expect(consoleErrors).toEqual([]);
});
