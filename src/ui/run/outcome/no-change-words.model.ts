import { countOf } from "#/ui/feedback/count.model.ts";

/** What a run that moved no price in force says of itself. One that held prices has found that some have changed. */
export function noChangeWords(held: number): Readonly<{ title: string; text: string }> {
  if (held > 0)
    return {
      title: `${countOf(held, "price waits", "prices wait")} for review`,
      text: "The last good prices stay in force until somebody decides.",
    };
  return {
    title: "No price in force changed",
    text: "The sources say what is in force already, or what changed is not of the first source by rank.",
  };
}
