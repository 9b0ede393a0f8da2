import { type EChartsCoreOption, init } from 'echarts/core';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Look, lookOf } from './look';

/** Makes an option of the look of the page. */
export type Draw = (look: Look) => EChartsCoreOption;

export interface Drawn {
  /** The picture as it stands, as an address that holds its data. */
  png(): string;
}

const darkQuery = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

/** Changes when the look of the page does: light and dark have their own colours. */
function useScheme(): boolean {
  const [dark, setDark] = useState(() => darkQuery().matches);
  useEffect(() => {
    const query = darkQuery();
    const change = (): void => setDark(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return dark;
}

interface Wanted {
  draw: Draw;
  onDrawn?: (drawn: Drawn) => void;
  onPick?: (index: number) => void;
}

/** A chart that fits its box, and is drawn again when the look of the page changes. */
export function useEChart({ draw, onDrawn, onPick }: Wanted): RefObject<HTMLDivElement | null> {
  const dark = useScheme();
  const [width, setWidth] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(null);
  const heard = useRef({ onDrawn, onPick });
  heard.current = { onDrawn, onPick };

  useEffect(() => {
    const element = box.current!;
    const made = (chart.current = init(element));
    const observer = new ResizeObserver(() => {
      made.resize();
      setWidth(element.clientWidth);
    });
    observer.observe(element);
    made.on('click', ({ dataIndex }) => heard.current.onPick?.(dataIndex));
    heard.current.onDrawn?.({
      png: () =>
        made.getDataURL({
          type: 'png',
          pixelRatio: 2,
          backgroundColor: lookOf(getComputedStyle(element)).surface,
        }),
    });
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    if (width) chart.current?.setOption(draw(lookOf(getComputedStyle(box.current!))), true);
  }, [draw, dark, width]);

  return box;
}
