import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { change, report, rest } from './client';
import { quantity, recordOf, type Row, rowsOf } from './reports';

/** A site as its administrators see it. */
export interface SiteSettings {
  id: number;
  name: string;
  urls: string[];
  timezone: string;
  currency: string;
  hasEcommerce: boolean;
  excludedIps: string;
  excludedParameters: string;
  excludedAgents: string;
  onlyKnownUrls: boolean;
}

const lines = (value: unknown): string =>
  String(value ?? '')
    .split(',')
    .filter(Boolean)
    .join('\n');

const siteOf = (row: Row): SiteSettings => ({
  id: quantity(row.idsite),
  name: String(row.name ?? ''),
  urls: [String(row.main_url ?? '')].filter(Boolean),
  timezone: String(row.timezone ?? 'UTC'),
  currency: String(row.currency ?? 'USD'),
  hasEcommerce: quantity(row.ecommerce) > 0,
  excludedIps: lines(row.excluded_ips),
  excludedParameters: lines(row.excluded_parameters),
  excludedAgents: lines(row.excluded_user_agents),
  onlyKnownUrls: quantity(row.exclude_unknown_urls) > 0,
});

export const administeredQuery = () =>
  queryOptions({
    queryKey: ['administered'],
    queryFn: async ({ signal }): Promise<SiteSettings[]> => {
      const body = await report('SitesManager.getSitesWithAdminAccess', {}, signal);
      return Object.values(Array.isArray(body) ? body : recordOf(body)).map((row) =>
        siteOf(recordOf(row)),
      );
    },
  });

export const siteSettingsQuery = (idSite: number) =>
  queryOptions({
    queryKey: ['siteSettings', idSite],
    queryFn: async ({ signal }): Promise<SiteSettings> => {
      const [site, urls] = await Promise.all([
        report('SitesManager.getSiteFromId', { idSite }, signal),
        report('SitesManager.getSiteUrlsFromId', { idSite }, signal),
      ]);
      const found = siteOf(Array.isArray(site) ? recordOf(site[0]) : recordOf(site));
      const all = (Array.isArray(urls) ? urls : Object.values(recordOf(urls))).map(String);
      return { ...found, urls: all.length ? all : found.urls };
    },
  });

const list = (text: string): string =>
  text
    .split(/[\n,]/)
    .map((part) => part.trim())
    .filter(Boolean)
    .join(',');

const siteParameters = (site: Omit<SiteSettings, 'id'>) => ({
  siteName: site.name,
  urls: site.urls,
  timezone: site.timezone,
  currency: site.currency,
  ecommerce: site.hasEcommerce ? 1 : 0,
  excludedIps: list(site.excludedIps),
  excludedQueryParameters: list(site.excludedParameters),
  excludedUserAgents: list(site.excludedAgents),
  excludeUnknownUrls: site.onlyKnownUrls ? 1 : 0,
});

/** Makes a site, and says which it is. */
export const addSite = async (site: Omit<SiteSettings, 'id'>): Promise<number> =>
  quantity(recordOf(await change('SitesManager.addSite', siteParameters(site))).value);
export const updateSite = (site: SiteSettings) =>
  change('SitesManager.updateSite', { idSite: site.id, ...siteParameters(site) });
export const deleteSite = (idSite: number, passwordConfirmation: string) =>
  change('SitesManager.deleteSite', { idSite, passwordConfirmation });

/** Hits that were refused for something wrong with them. */
export const trackingFailuresQuery = (idSite: number) =>
  queryOptions({
    queryKey: ['trackingFailures', idSite],
    queryFn: async ({ signal }) =>
      rowsOf(await report('CoreAdminHome.getTrackingFailures', {}, signal))
        .filter((row) => quantity(row.idsite) === idSite)
        .map((row) => ({ problem: String(row.problem), url: String(row.url ?? '') })),
    retry: false,
  });

export const ROLES = ['noaccess', 'view', 'write', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface User {
  login: string;
  email: string;
  isSuperuser: boolean;
  hasSecondFactor: boolean;
  lastSeen?: string;
  isPending: boolean;
}

const userOf = (row: Row): User => ({
  login: String(row.login),
  email: String(row.email ?? ''),
  isSuperuser: quantity(row.superuser_access) > 0 || row.superuser_access === true,
  hasSecondFactor: quantity(row.uses_2fa) > 0 || row.uses_2fa === true,
  lastSeen: row.last_seen ? String(row.last_seen) : undefined,
  isPending: row.invite_status !== undefined && row.invite_status !== 'active',
});

export const usersQuery = () =>
  queryOptions({
    queryKey: ['users'],
    queryFn: async ({ signal }) =>
      rowsOf(await report('UsersManager.getUsers', {}, signal)).map(userOf),
  });

export const userQuery = (userLogin: string) =>
  queryOptions({
    queryKey: ['user', userLogin],
    queryFn: async ({ signal }) => {
      const body = await report('UsersManager.getUser', { userLogin }, signal);
      return userOf(Array.isArray(body) ? recordOf(body[0]) : recordOf(body));
    },
  });

/** Who may do what with a site. */
export const accessQuery = (idSite: number) =>
  queryOptions({
    queryKey: ['access', idSite],
    queryFn: async ({ signal }): Promise<Record<string, Role>> => {
      const body = await report('UsersManager.getUsersAccessFromSite', { idSite }, signal);
      return Object.assign({}, ...(Array.isArray(body) ? body : [body])) as Record<string, Role>;
    },
  });

export const setAccess = (userLogin: string, idSite: number, access: Role) =>
  change('UsersManager.setUserAccess', { userLogin, access, idSites: [String(idSite)] });
export const setSuperuser = (
  userLogin: string,
  isSuperuser: boolean,
  passwordConfirmation: string,
) =>
  change('UsersManager.setSuperUserAccess', {
    userLogin,
    hasSuperUserAccess: isSuperuser ? 1 : 0,
    passwordConfirmation,
  });
export const addUser = (user: {
  userLogin: string;
  email: string;
  password: string;
  initialIdSite?: number;
}) => change('UsersManager.addUser', user);
export const deleteUser = (userLogin: string) => change('UsersManager.deleteUser', { userLogin });

export interface Setting {
  name: string;
  value: string;
  default: string;
}

export const settingsQuery = () =>
  queryOptions({
    queryKey: ['settings'],
    queryFn: async ({ signal }) => (await rest('GET', 'settings', { signal })) as Setting[],
  });
export const changeSettings = (values: Record<string, string>) =>
  rest('PUT', 'settings', { body: values });

export interface PartitionLag {
  partition: number;
  hits: number;
  decided: number;
  events: number;
  projected: number;
  /** The processes that it falls to. */
  processor: string | null;
  projector: string | null;
}

const SYSTEM_MS = 3_000;

export const lagQuery = () =>
  queryOptions({
    queryKey: ['lag'],
    queryFn: async ({ signal }) => (await rest('GET', 'lag', { signal })) as PartitionLag[],
    refetchInterval: SYSTEM_MS,
  });

export interface IngestCounts {
  received: number;
  accepted: number;
  dropped: { reason: string; count: number }[];
}

/** Reads what the metrics of a process say about hits; nothing if it does not receive any. */
export function ingestCounts(metrics: string): IngestCounts | undefined {
  const value = (name: string): number | undefined => {
    const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics);
    return found ? Number(found[1]) : undefined;
  };
  const received = value('nagare_ingest_hits_received_total');
  if (received === undefined) return undefined;
  const drops = metrics.matchAll(/^nagare_ingest_hits_dropped_total\{reason="(\w+)"\} (\S+)$/gm);
  return {
    received,
    accepted: value('nagare_ingest_hits_accepted_total') ?? 0,
    dropped: [...drops]
      .map(([, reason, count]) => ({ reason: reason!, count: Number(count) }))
      .filter(({ count }) => count > 0)
      .sort((one, other) => other.count - one.count),
  };
}

export const ingestCountsQuery = () =>
  queryOptions({
    queryKey: ['ingestCounts'],
    queryFn: async ({ signal }) => {
      const answer = await fetch('/metrics', { signal });
      return (answer.ok && ingestCounts(await answer.text())) || null;
    },
    refetchInterval: SYSTEM_MS,
  });

export interface AuditEntry {
  /** Its place in the log. */
  sequence: number;
  at: number;
  actor: string;
  action: string;
  target: string;
  outcome: string;
  address: string;
}

export const auditEntryOf = (row: Row): AuditEntry => {
  const entry = recordOf(row.entry);
  return {
    sequence: quantity(row.sequence),
    at: quantity(entry.at),
    actor: String(entry.actor ?? ''),
    action: String(entry.action ?? ''),
    target: String(entry.target ?? ''),
    outcome: String(entry.outcome ?? ''),
    address: String(entry.address ?? ''),
  };
};

const AUDIT_PAGE = 100;

/** The security log, the newest first, page by page. */
export const auditQuery = () =>
  infiniteQueryOptions({
    queryKey: ['audit'],
    queryFn: async ({ pageParam, signal }) => {
      const before = pageParam === undefined ? '' : `&before=${pageParam}`;
      return rowsOf(await rest('GET', `audit?limit=${AUDIT_PAGE}${before}`, { signal })).map(
        auditEntryOf,
      );
    },
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.length < AUDIT_PAGE ? undefined : page.at(-1)?.sequence),
    retry: false,
  });

export interface Dimension {
  id: number;
  index: number;
  name: string;
  scope: 'visit' | 'action';
  isActive: boolean;
}

export const dimensionsQuery = (idSite: number) =>
  queryOptions({
    queryKey: ['dimensions', idSite],
    queryFn: async ({ signal }): Promise<Dimension[]> =>
      rowsOf(
        await report('CustomDimensions.getConfiguredCustomDimensions', { idSite }, signal),
      ).map((row) => ({
        id: quantity(row.idcustomdimension),
        index: quantity(row.index),
        name: String(row.name),
        scope: row.scope === 'action' ? 'action' : 'visit',
        isActive: quantity(row.active) > 0 || row.active === true,
      })),
  });

export const addDimension = (idSite: number, name: string, scope: Dimension['scope']) =>
  change('CustomDimensions.configureNewCustomDimension', { idSite, name, scope, active: 1 });
export const changeDimension = (idSite: number, dimension: Dimension) =>
  change('CustomDimensions.configureExistingCustomDimension', {
    idSite,
    idDimension: dimension.id,
    name: dimension.name,
    active: dimension.isActive ? 1 : 0,
  });

export interface Token {
  id: string;
  description: string;
  createdAt: number;
  expiresAt?: number;
  lastUsedAt?: number;
  isReadOnly: boolean;
  sites: number[];
}

const moment = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : quantity(value);

export const tokensQuery = () =>
  queryOptions({
    queryKey: ['tokens'],
    queryFn: async ({ signal }): Promise<Token[]> =>
      rowsOf(await rest('GET', 'tokens', { signal })).map((row) => ({
        id: String(row.id),
        description: String(row.description ?? ''),
        createdAt: quantity(row.created_at),
        expiresAt: moment(row.expires_at),
        lastUsedAt: moment(row.last_used_at),
        isReadOnly: row.read_only === true,
        sites: ((row.sites ?? []) as unknown[]).map(quantity),
      })),
  });

export const addToken = async (wanted: {
  description: string;
  read_only: boolean;
  expires_in_days?: number;
}): Promise<string> => String(recordOf(await rest('POST', 'tokens', { body: wanted })).token);
export const revokeToken = (id: string) => rest('DELETE', `tokens/${encodeURIComponent(id)}`);

export interface OpenSession {
  id: string;
  createdAt: number;
  renewedAt: number;
  agent: string;
  isCurrent: boolean;
}

export const sessionsQuery = () =>
  queryOptions({
    queryKey: ['sessions'],
    queryFn: async ({ signal }): Promise<OpenSession[]> =>
      rowsOf(await rest('GET', 'sessions', { signal })).map((row) => ({
        id: String(row.id),
        createdAt: quantity(row.created_at),
        renewedAt: quantity(row.renewed_at),
        agent: String(row.agent ?? ''),
        isCurrent: row.current === true,
      })),
  });
export const endSession = (id: string) => rest('DELETE', `sessions/${encodeURIComponent(id)}`);
export const changePassword = (current: string, next: string, code: string) =>
  rest('PUT', 'account/password', { body: { current, new: next, code } });
export const removeFactor = (password: string, code: string) =>
  rest('DELETE', 'account/second-factor', { body: { password, code } });
