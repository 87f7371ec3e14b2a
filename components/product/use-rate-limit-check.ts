"use client";

import { useCallback, useEffect, useState } from "react";

type Parse = (text: string) => unknown;

/**
 * The rule of "100/1hour", for the form. It lies with the product's zod schemas, so it is fetched once the page stands:
 * zod is too heavy for a first load. Until it is there, the server alone checks.
 */
export function useRateLimitCheck(): (text: string) => string | undefined {
  const [parse, setParse] = useState<{ run: Parse } | null>(null);
  useEffect(() => {
    let current = true;
    import("#lib/product/product.schema.ts").then(
      ({ parseRateLimit }) => current && setParse({ run: parseRateLimit }),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, []);
  return useCallback(
    (text: string) =>
      text.trim() === "" || !parse || parse.run(text) !== null
        ? undefined
        : "Write calls per time like 100/1hour or 10/1second, or leave it empty for no limit",
    [parse],
  );
}
