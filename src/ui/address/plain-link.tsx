import { useRouter } from "next/navigation";
import type { ComponentProps } from "react";

/**
 * A link of a list or a chart that has dozens of them: it goes to a page of this app as Next's own `Link` does, without the state and
 * the watching that each of those keeps. What asks for a tab or a window is left to the browser.
 */
export function PlainLink({ href, children, ...rest }: ComponentProps<"a"> & { href: string }) {
  const router = useRouter();
  return (
    <a
      href={href}
      {...rest}
      onClick={(event) => {
        if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        router.push(href);
      }}
    >
      {children}
    </a>
  );
}
