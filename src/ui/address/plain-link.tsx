import { useRouter } from "next/navigation";
import type { ComponentProps } from "react";

/**
 * A link of a list or a chart that has dozens of them. It goes to a page of this app like Next's own `Link`, which also watches for
 * when to load a page ahead, and is most of the work of drawing such a list. What asks for a tab or a window is left to the browser.
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
