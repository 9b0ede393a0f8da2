import * as Menu from '@radix-ui/react-dropdown-menu';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sitesQuery } from '../api/reports';
import { useLocale } from '../i18n/locale';
import { Icon } from './icons';

/** The site that is shown, and the way to another. */
export function SiteMenu({ current }: { current: number }) {
  const { t } = useLocale();
  const { data: sites = [] } = useQuery(sitesQuery());
  const site = sites.find(({ id }) => id === current);
  if (!site) return null;
  if (sites.length === 1) return <span className="bar-site">{site.name}</span>;
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger
        className="bar-site button-quiet"
        aria-label={`${site.name}: ${t('sites.choose')}`}
      >
        <span className="truncate">{site.name}</span>
        <Icon name="chevron" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu" align="start" sideOffset={6} collisionPadding={8}>
          {sites.map(({ id, name, main_url }) => (
            <Menu.Item key={id} asChild>
              <Link
                to="/sites/$siteId"
                params={{ siteId: id }}
                className="menu-item"
                aria-current={id === current ? 'page' : undefined}
              >
                <span>{name}</span>
                <small>{main_url.replace(/^https?:\/\//, '')}</small>
              </Link>
            </Menu.Item>
          ))}
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}
