import { expect, expectAccessible, test } from "./fixtures.ts";

test("somebody who was invited comes in by the link once, and sees what their role may see", async ({
  page,
  browser,
  stack,
}) => {
  await page.goto("/settings");
  await expect(page.getByText(/with the role admin/)).toBeVisible();
  await page.getByLabel("E-mail").fill("vera@example.com");
  await page.getByRole("button", { name: "Invite" }).click();
  const link = await page
    .getByRole("dialog")
    .getByText(/\/join#/)
    .innerText();
  await expectAccessible(page);
  await page.getByRole("button", { name: "I have it" }).click();
  const people = page.getByRole("group", { name: "People" });
  await expect(people).toContainText("vera@example.com");
  await expect(people).toContainText(/invited by/);

  const context = await browser.newContext({ baseURL: stack.url, storageState: { cookies: [], origins: [] } });
  const own = await context.newPage();
  const addresses: string[] = [];
  own.on("request", (request) => addresses.push(request.url()));
  await own.goto(link);
  await expectAccessible(own);
  await own.getByLabel("Your name").fill("Vera");
  await own.getByRole("textbox", { name: "Password" }).fill("a password of hers");
  await own.getByRole("button", { name: "Come in" }).click();
  await expect(own.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  const secret = link.split("#")[1] ?? "";
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(addresses.filter((address) => address.split("#")[0]?.includes(secret))).toEqual([]);

  await own.goto("/settings");
  await expect(own.getByText(/vera@example.com, with the role viewer/)).toBeVisible();
  await expect(own.getByText("Ask one of them to invite somebody")).toBeVisible();
  await own.goto(link);
  await own.reload();
  await own.getByLabel("Your name").fill("Vera");
  await own.getByRole("textbox", { name: "Password" }).fill("a password of hers");
  await own.getByRole("button", { name: "Come in" }).click();
  await expect(own.getByText(/This invitation was used/)).toBeVisible();

  await page.reload();
  await people.getByLabel("Role of vera@example.com").selectOption("operator");
  await page.getByRole("dialog").getByRole("textbox").fill("joined the operators");
  await page.getByRole("button", { name: "Change the role" }).click();
  await own.goto("/settings");
  await expect(own.getByText(/with the role operator/)).toBeVisible();
  await page.reload();
  await people
    .getByRole("row", { name: /vera@example.com/ })
    .getByRole("button", { name: "Remove" })
    .click();
  await page.getByRole("dialog").getByRole("textbox").fill("has left");
  await page.getByRole("button", { name: "Remove the account" }).click();
  await expect(people).not.toContainText("vera@example.com");
  await own.reload();
  await expect(own).toHaveURL(/\/sign-in/);
  await context.close();
});

test("a key is shown once, opens the API until it is revoked, and the record says who did it and why", async ({
  page,
  stack,
}) => {
  await page.goto("/settings");
  await page.getByLabel("Name", { exact: true }).fill("nightly-job");
  await page.getByRole("button", { name: "Make a key" }).click();
  const key = await page.getByRole("dialog").getByText(/^rbk_/).innerText();
  await page.getByRole("button", { name: "I have it" }).click();
  const prices = () => fetch(`${stack.url}/v1/prices?limit=1`, { headers: { authorization: `Bearer ${key}` } });
  expect((await prices()).status).toBe(200);
  await page.reload();
  await expect(page.getByText(key)).toHaveCount(0);
  const row = page.getByRole("group", { name: "Keys for programs" }).getByRole("row", { name: /nightly-job/ });
  await expect(row).toContainText("viewer");
  await expect(row).not.toContainText("never");
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("a better one is there");
  await page.getByRole("button", { name: "Revoke it" }).click();
  await expect(row.getByRole("button")).toHaveCount(0);
  expect((await prices()).status).toBe(401);

  await page.getByLabel("Action begins with").fill("access.revoke");
  const record = page.getByRole("group", { name: "What was changed, and by whom" });
  await expect(record.getByRole("row", { name: /access\.revokeKey/ })).toContainText("a better one is there");
  await expect(record.getByRole("row", { name: /access\.createKey/ })).toHaveCount(0);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "All of it as CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("ratebook-audit.csv");
});
