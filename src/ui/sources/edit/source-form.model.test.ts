import { expect, test } from "vitest";
import { NO_SETTINGS, readSettingsText, writeSettings } from "#/ui/sources/edit/source-form.model.ts";

test("what a form leaves empty is left out, so that the kind's own address is used and no option is set", () => {
  expect(readSettingsText(NO_SETTINGS)).toEqual({});
  expect(readSettingsText({ url: " ", keyName: "", options: { endpoints: "  " } })).toEqual({});
});

test("settings come back from the form as they were", () => {
  const settings = {
    url: "https://a.example/",
    apiKeyEnv: "ACME_API_KEY",
    options: { endpoints: true, seller: "acme" },
  };
  expect(readSettingsText(writeSettings(settings))).toEqual(settings);
  expect(writeSettings({ ...settings, apiKeyEnv: null }).keyName).toBe("");
});
