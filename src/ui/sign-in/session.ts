async function post(path: string, body: object): Promise<Response> {
  return fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** Undefined when it worked, otherwise why not, in words. */
export async function signIn(email: string, password: string): Promise<string | undefined> {
  try {
    const { ok, status } = await post("/api/auth/sign-in/email", { email, password });
    return ok ? undefined : describeRefusal(status);
  } catch {
    return "The server can't be reached. Check the connection and try again";
  }
}

/** Makes the account that an invitation promises. Answers its address, or what is wrong in words. */
export async function join(input: {
  secret: string;
  name: string;
  password: string;
}): Promise<{ email: string } | { problem: string }> {
  try {
    const response = await post("/api/join", input);
    const answer: unknown = await response.json();
    if (typeof answer !== "object" || answer === null) return { problem: describeRefusal(response.status) };
    if (response.ok && "email" in answer) return { email: String(answer.email) };
    if ([404, 409, 422].includes(response.status) && "detail" in answer) return { problem: String(answer.detail) };
    return { problem: describeRefusal(response.status) };
  } catch {
    return { problem: "The server can't be reached. Check the connection and try again" };
  }
}

export function describeRefusal(status: number): string {
  if (status === 400 || status === 401) return "That e-mail and password do not match";
  if (status === 429) return "Too many attempts. Wait a minute and try again";
  if (status === 403) return "This address is not one that the server signs people in from; check PUBLIC_URL";
  return "The server could not check it just now. Try again in a moment";
}

export async function signOut(): Promise<void> {
  const { ok } = await post("/api/auth/sign-out", {});
  if (!ok) throw new Error("The server did not end the session");
}
