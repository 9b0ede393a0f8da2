import { app } from './de/app';
import { frame } from './de/frame';
import { live } from './de/live';
import { overview } from './de/overview';
import { report } from './de/report';
import { segment } from './de/segment';
import type { Catalogue } from './en';

export const de: Catalogue = {
  ...app,
  ...frame,
  ...live,
  ...overview,
  ...report,
  ...segment,
};
