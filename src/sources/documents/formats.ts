import type { DocumentFormat, DocumentKind } from "#/sources/documents/document.ts";
import { genaiPricesDocument } from "#/sources/documents/genai-prices-document.ts";
import { litellmDocument } from "#/sources/documents/litellm-document.ts";
import { modelsDevDocument } from "#/sources/documents/models-dev-document.ts";
import { openrouterDocument } from "#/sources/documents/openrouter-document.ts";

export const FORMATS: Readonly<Record<DocumentKind, DocumentFormat>> = {
  litellm: litellmDocument,
  openrouter: openrouterDocument,
  "models-dev": modelsDevDocument,
  "genai-prices": genaiPricesDocument,
};
