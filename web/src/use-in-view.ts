/** Whether an element is on the screen, or nearly. */
import { useEffect, useState } from 'preact/hooks';

const NEARLY_PX = 200;

export function useInView(element: { readonly current: HTMLElement | null }): boolean {
  const [inView, setInView] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => setInView(entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: `${NEARLY_PX}px` },
    );
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return inView;
}
