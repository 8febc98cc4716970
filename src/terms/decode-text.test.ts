import { expect, test } from "vitest";
import { decodeText } from "#/terms/decode-text.ts";

const TEXT = "seller,model\nacmé,one\n";
const utf16le = Buffer.from(`\uFEFF${TEXT}`, "utf16le");

test.each([
  ["UTF-8", Buffer.from(TEXT)],
  ["UTF-8 with a byte order mark", Buffer.from(`\uFEFF${TEXT}`)],
  ["UTF-16, low byte first", utf16le],
  ["UTF-16, high byte first", Buffer.from(utf16le).swap16()],
])("a file in %s is read as its text, without the mark", (_encoding, bytes) => {
  expect(decodeText(bytes)).toBe(TEXT);
});

test("bytes of an older code page are not guessed at", () => {
  expect(decodeText(Buffer.from(TEXT, "latin1"))).toBeUndefined();
});
