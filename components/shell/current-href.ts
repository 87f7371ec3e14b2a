import type { Area } from "./shell-types.ts";

const bare = (href: string): string => href.split(/[?#]/)[0]?.replace(/\/$/, "") ?? "";

/**
 * Which of the links stands for the address: the one with the longest folder that is the address or above it; null
 * when none is. "/apis" is current on "/apis/acme/weather", not on "/apis-old".
 */
export function currentHref(pathname: string, links: Pick<Area, "href" | "under" | "exact">[]): string | null {
  const here = bare(pathname);
  let best: { href: string; length: number } | null = null;
  for (const { href, under = [], exact } of links) {
    for (const folder of [href, ...under].map(bare)) {
      const covers = here === folder || (!exact && here.startsWith(`${folder}/`));
      if (covers && (best === null || folder.length > best.length)) best = { href, length: folder.length };
    }
  }
  return best?.href ?? null;
}
