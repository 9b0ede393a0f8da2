/** The look of the page, read where a chart is. */
export interface Look {
  accent: string;
  series: string[];
  line: string;
  ink: string;
  soft: string;
  surface: string;
  sunken: string;
  font: string;
  rem: number;
  width: number;
}

const SERIES = 6;

export function lookOf(style: CSSStyleDeclaration): Look {
  const color = (name: string): string => style.getPropertyValue(name).trim();
  return {
    accent: color('--accent'),
    series: Array.from({ length: SERIES }, (_, i) => color(`--series-${i + 1}`)),
    line: color('--line'),
    ink: color('--ink'),
    soft: color('--ink-soft'),
    surface: color('--surface'),
    sunken: color('--sunken'),
    font: style.fontFamily,
    rem: parseFloat(style.fontSize) || 16,
    width: parseFloat(style.width) || 0,
  };
}

export const isStill = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** A tooltip as an element, not markup: markup would bring inline styles along. */
export function tooltip(title: string, lines: string[]): HTMLElement {
  const box = document.createElement('div');
  box.className = 'tooltip-box';
  box.appendChild(document.createElement('strong')).textContent = title;
  for (const text of lines) box.appendChild(document.createElement('span')).textContent = text;
  return box;
}

/** What all tooltips share. */
export const tooltipBase = {
  className: 'tooltip',
  borderWidth: 0,
  padding: 0,
  backgroundColor: 'transparent',
  extraCssText: 'box-shadow: none',
  confine: true,
};

/** Text of axes. */
export const axisText = ({ soft, rem, font }: Look) => ({
  color: soft,
  fontSize: 0.8 * rem,
  fontFamily: font,
});
