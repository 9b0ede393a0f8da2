import { app } from './en/app';
import { frame } from './en/frame';
import { live } from './en/live';
import { overview } from './en/overview';
import { report } from './en/report';
import { segment } from './en/segment';

/** The catalogue: other languages have the same keys. */
export const en = {
  ...app,
  ...frame,
  ...live,
  ...overview,
  ...report,
  ...segment,
} as const;

export type MessageKey = keyof typeof en;
export type Catalogue = Record<MessageKey, string>;
