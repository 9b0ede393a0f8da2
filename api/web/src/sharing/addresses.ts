import type { View } from '../api/view';

const EMBED_HEIGHT = 480;

const datesOf = ({ period, date }: View): string =>
  new URLSearchParams({ period, date }).toString();

/** Where a link leads; the secret stands behind the hash sign and never reaches a log. */
export const sharedAddress = (origin: string, secret: string, view: View): string =>
  `${origin}/shared?${datesOf(view)}#${secret}`;

/** What a page of someone else holds to show the same. */
export const embedCode = (origin: string, secret: string, view: View): string =>
  `<iframe src="${origin}/embed?${datesOf(view).replaceAll('&', '&amp;')}#${secret}" ` +
  `width="100%" height="${EMBED_HEIGHT}" loading="lazy" title="Nagare"></iframe>`;
