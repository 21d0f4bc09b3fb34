/** What scrolls must be reachable to be scrolled: a named region with its own stop for the Tab key. */
import type { ReactNode, Ref } from 'react';

export function ScrollRegion(props: { name: string; className: string; children: ReactNode; ref?: Ref<HTMLElement> }) {
  const { name, className, children, ref } = props;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
    <section ref={ref} tabIndex={0} aria-label={name} className={className}>
      {children}
    </section>
  );
}
