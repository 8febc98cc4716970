import { STACK_LOGIN } from "#/testing/open-stack.ts";
import { expect, expectAccessible, test } from "./fixtures.ts";

test.use({ storageState: { cookies: [], origins: [] } });

test("a visitor who is not signed in is sent to the sign-in page, and to where they wanted to go afterwards", async ({
  page,
}) => {
  await page.goto("/prices?q=gpt");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await expectAccessible(page);
  await page.getByLabel("E-mail").fill(STACK_LOGIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill(STACK_LOGIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/prices\?q=gpt$/);
  await expect(page.getByRole("heading", { level: 1, name: "Prices" })).toBeVisible();
});

test("somebody with a wrong password is told so in words, and stays out", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(STACK_LOGIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText(/do not match/)).toBeVisible();
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in/);
});

test("an operator who signs out is out", async ({ page }) => {
  // A session of its own: signing out ends it on the server too.
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(STACK_LOGIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill(STACK_LOGIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto("/prices");
  await expect(page).toHaveURL(/\/sign-in/);
});

test("a tab that is signed out in another one goes to the sign-in page by itself, and back to where it was", async ({
  page,
  context,
}) => {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(STACK_LOGIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill(STACK_LOGIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  const other = await context.newPage();
  await other.goto("/prices?q=gpt");
  await expect(other.getByRole("heading", { level: 1, name: "Prices" })).toBeVisible();
  await expect(other.getByText("Live", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(other).toHaveURL(/\/sign-in\?next=%2Fprices%3Fq%3Dgpt$/, { timeout: 15_000 });
});
