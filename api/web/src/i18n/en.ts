import { account } from './en/account';
import { admin } from './en/admin';
import { app } from './en/app';
import { frame } from './en/frame';
import { goals } from './en/goals';
import { live } from './en/live';
import { notes } from './en/notes';
import { overview } from './en/overview';
import { report } from './en/report';
import { segment } from './en/segment';
import { sharing } from './en/sharing';
import { visits } from './en/visits';

/** The catalogue: other languages have the same keys. */
export const en = {
  ...account,
  ...admin,
  ...app,
  ...frame,
  ...goals,
  ...live,
  ...notes,
  ...overview,
  ...report,
  ...segment,
  ...sharing,
  ...visits,
} as const;

export type MessageKey = keyof typeof en;
export type Catalogue = Record<MessageKey, string>;
