import { Webhook } from "standardwebhooks";
import { openWebhookReceiver } from "#/testing/webhook-receiver.ts";
import { expect, expectAccessible, test } from "./fixtures.ts";

test("somebody who was invited comes in by the link once, and sees what their role may see", async ({
  page,
  browser,
  stack,
}) => {
  await page.goto("/settings/account");
  await expect(page.getByText(/with the role admin/)).toBeVisible();
  await page.getByRole("link", { name: "People" }).click();
  await expect(page).toHaveURL(/\/settings\/people$/);
  await page.getByLabel("E-mail").fill("vera@example.com");
  await page.getByRole("button", { name: "Invite" }).click();
  const link = await page
    .getByRole("dialog")
    .getByText(/\/join#/)
    .innerText();
  await expectAccessible(page);
  await page.getByRole("button", { name: "I have it" }).click();
  const people = page.getByRole("region", { name: "People" });
  await expect(people.getByRole("table", { name: "Invitations" })).toContainText("vera@example.com");

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
  await expect(own).toHaveURL(/\/settings\/webhooks$/);
  await own.getByRole("link", { name: "People" }).click();
  await expect(own.getByText("This needs the role admin; yours is viewer.")).toBeVisible();
  await own.getByRole("link", { name: "My account" }).click();
  await expect(own.getByText(/vera@example.com, with the role viewer/)).toBeVisible();
  await own.goBack();
  await expect(own).toHaveURL(/\/settings\/people$/);
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
  await own.goto("/settings/account");
  await expect(own.getByText(/with the role operator/)).toBeVisible();
  await page.reload();
  await people
    .getByRole("row", { name: /vera@example.com/ })
    .getByRole("button", { name: "Remove" })
    .click();
  await page.getByRole("dialog").getByRole("textbox").fill("has left");
  await page.getByRole("button", { name: "Remove the account" }).click();
  await expect(people).not.toContainText("vera@example.com");
  // Their session has ended, and so has the stream of their page, which leads to the sign-in.
  await expect(own).toHaveURL(/\/sign-in/);
  await context.close();
});

test("a key is shown once, opens the API until it is revoked, and the record says who did it and why", async ({
  page,
  stack,
}) => {
  await page.goto("/settings/keys");
  await expect(page.getByText("is set in the environment as")).toBeVisible();
  await expect(page.getByText("There is no key")).toHaveCount(0);
  await page.getByLabel("Name", { exact: true }).fill("nightly-job");
  await page.getByRole("button", { name: "Make a key" }).click();
  const key = await page.getByRole("dialog").getByText(/^rbk_/).innerText();
  await page.getByRole("button", { name: "I have it" }).click();
  const prices = () => fetch(`${stack.url}/v1/prices?limit=1`, { headers: { authorization: `Bearer ${key}` } });
  expect((await prices()).status).toBe(200);
  await page.reload();
  await expect(page.getByText(key)).toHaveCount(0);
  const row = page.getByRole("table", { name: "Keys for programs" }).getByRole("row", { name: /nightly-job/ });
  await expect(row).toContainText("viewer");
  await expect(row).not.toContainText("never");
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("a better one is there");
  await page.getByRole("button", { name: "Revoke it" }).click();
  await expect(row.getByRole("button")).toHaveCount(0);
  expect((await prices()).status).toBe(401);

  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByLabel("Action begins with").fill("access.revoke");
  await expect(page).toHaveURL(/action=access\.revoke/);
  const record = page.getByRole("table", { name: "Changes" });
  await expect(record.getByRole("row", { name: /access\.revokeKey/ })).toContainText("a better one is there");
  await expect(record.getByRole("row", { name: /access\.createKey/ })).toHaveCount(0);
  await expect(record.getByRole("link", { name: "nightly-job" })).toHaveAttribute("href", "/settings/keys");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download as CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("ratebook-audit.csv");
});

test("whoever is told by a webhook gets a signed test, and what was sent can be looked at and sent again", async ({
  page,
}) => {
  const receiver = await openWebhookReceiver();
  receiver.answers.set("/on-call", { status: 500 });
  await page.goto("/settings/webhooks");
  const webhooks = page.getByRole("table", { name: "Webhooks" });
  await page.getByRole("button", { name: "Add a webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("on-call");
  await dialog.getByLabel("Address").fill(`${receiver.url}/on-call`);
  await dialog.getByLabel("The guard holds prices for somebody to decide").check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Add it" }).click();
  const secret = await page
    .getByRole("dialog", { name: "The signing secret" })
    .getByText(/^whsec_/)
    .innerText();
  await page.getByRole("button", { name: "I have it" }).click();
  const row = webhooks.getByRole("row", { name: /on-call/ });
  await expect(row).toContainText("5 events");
  await expect(row).toContainText("after 5 min");

  await row.getByRole("button", { name: "Test" }).click();
  await expect(page.getByText(/answered 500/)).toBeVisible();
  receiver.answers.delete("/on-call");
  await row.getByRole("button", { name: "Test" }).click();
  await expect(page.getByText(/The test was delivered: 204 in \d+ ms/)).toBeVisible();
  await expect(row).toContainText("working");
  await expectAccessible(page);
  const [, { text, headers } = { text: "", headers: {} }] = await receiver.has("/on-call", 2);
  expect(new Webhook(secret).verify(text, headers as Record<string, string>)).toMatchObject({ type: "webhook.test" });

  await page.goto("/operations");
  const deliveries = page.getByRole("table", { name: "Webhook deliveries" });
  await expect(deliveries.getByRole("row", { name: /delivered/ })).toHaveCount(1);
  await deliveries
    .getByRole("row", { name: /failed/ })
    .getByRole("button")
    .click();
  await expect(page.getByRole("dialog")).toContainText("answered 500");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByRole("dialog")).toContainText("204");
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await expect(deliveries.getByRole("row", { name: /delivered/ })).toHaveCount(2);
  const ids = (await receiver.has("/on-call", 3)).map(({ headers: sent }) => sent["webhook-id"]);
  expect([ids[0] === ids[2], ids[0] === ids[1]]).toEqual([true, false]);

  await page.goto("/settings/webhooks");
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("nobody reads it");
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByText("There is no webhook")).toBeVisible();
  await receiver.close();
});
