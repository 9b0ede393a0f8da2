import { queryOptions } from '@tanstack/react-query';
import { report } from './client';
import { quantity } from './reports';

/** The sites that the one who is signed in may change. */
export const adminSitesQuery = () =>
  queryOptions({
    queryKey: ['adminSites'],
    queryFn: async ({ signal }): Promise<number[]> => {
      const body = await report('SitesManager.getSitesIdWithAdminAccess', {}, signal);
      return Array.isArray(body) ? body.map(quantity) : [];
    },
    staleTime: 60_000,
  });
