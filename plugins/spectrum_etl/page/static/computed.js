// When the marts were computed, for the views that show them.
import { useEffect, useRef, useState } from "./vendor/preact-hooks.js";
import { useData } from "./lib.js";

/** How new the figures are; asked often while they are computed, and the view's own figures again once they are. */
export function useMarts(company, reload) {
  const [active, setActive] = useState(false);
  const marts = useData("marts", { company }, { every: active ? 2 : 60 });
  const running = Boolean(marts.data?.running);
  if (running !== active) setActive(running);
  const computed = marts.data?.computed_at;
  const seen = useRef(undefined);
  useEffect(() => {
    if (seen.current !== undefined && computed !== seen.current) reload();
    if (marts.data) seen.current = computed;
  }, [computed, marts.data]);
  return marts;
}
