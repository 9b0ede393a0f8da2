import { account } from './de/account';
import { admin } from './de/admin';
import { app } from './de/app';
import { frame } from './de/frame';
import { goals } from './de/goals';
import { live } from './de/live';
import { notes } from './de/notes';
import { overview } from './de/overview';
import { report } from './de/report';
import { segment } from './de/segment';
import { sharing } from './de/sharing';
import { visits } from './de/visits';
import type { Catalogue } from './en';

export const de: Catalogue = {
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
};
