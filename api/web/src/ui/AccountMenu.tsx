import * as Menu from '@radix-ui/react-dropdown-menu';
import { Link } from '@tanstack/react-router';
import { signOut } from '../api/client';
import { session } from '../api/session';
import { type Language, LANGUAGES, useLocale } from '../i18n/locale';
import { Icon } from './icons';

export function AccountMenu() {
  const { t, language, choose } = useLocale();
  const who = session.get();
  if (!who) return null;
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="avatar" aria-label={t('app.account', { login: who.login })}>
        {who.login.slice(0, 1).toUpperCase()}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu" align="end" sideOffset={6} collisionPadding={8}>
          <Menu.Label className="menu-who">
            <span>{who.login}</span>
            {who.superuser && <small>{t('app.superuser')}</small>}
          </Menu.Label>
          <Menu.Separator className="menu-rule" />
          <Menu.Item asChild>
            <Link to="/account" className="menu-item" data-testid="account-link">
              {t('nav.account')}
            </Link>
          </Menu.Item>
          <Menu.Item asChild>
            <Link to="/admin/sites" className="menu-item" data-testid="admin-link">
              {t('nav.admin')}
            </Link>
          </Menu.Item>
          <Menu.Separator className="menu-rule" />
          <Menu.RadioGroup
            value={language}
            onValueChange={(next) => choose(next as Language)}
            aria-label={t('app.language')}
          >
            {Object.entries(LANGUAGES).map(([tag, name]) => (
              <Menu.RadioItem key={tag} value={tag} className="menu-item menu-choice" lang={tag}>
                {name}
                <Menu.ItemIndicator>
                  <Icon name="check" />
                </Menu.ItemIndicator>
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Separator className="menu-rule" />
          <Menu.Item className="menu-item" onSelect={() => void signOut()}>
            {t('app.signOut')}
          </Menu.Item>
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}
