import * as Menu from '@radix-ui/react-dropdown-menu';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Report } from '../api/catalogue';
import { exportedTable } from '../api/table';
import type { Drawn } from '../charts/useEChart';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Icon } from '../ui/icons';
import { save, saveBlob } from '../ui/save';
import { tableOptions } from './search';
import { useReportSearch } from './TableReport';

export function ExportMenu({ report, drawn }: { report: Report; drawn: Drawn | undefined }) {
  const { t } = useLocale();
  const { site, query, span, search: view } = useView();
  const [search] = useReportSearch();
  const name = `${report.uniqueId}-${span.from}-${span.to}`;
  const table = useMutation({
    mutationFn: async (format: 'csv' | 'json') => {
      saveBlob(
        await exportedTable(report, query, tableOptions(search), format),
        `${name}.${format}`,
      );
    },
  });
  return (
    <>
      <Menu.Root modal={false}>
        <Menu.Trigger className="button-quiet tool" data-testid="export">
          <Icon name="download" />
          {t('report.export')}
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Content className="menu" align="end" sideOffset={6} collisionPadding={8}>
            {(['csv', 'json'] as const).map((format) => (
              <Menu.Item
                key={format}
                className="menu-item"
                data-testid={`export-${format}`}
                onSelect={() => table.mutate(format)}
              >
                {t(`export.${format}`)}
              </Menu.Item>
            ))}
            <Menu.Item
              className="menu-item"
              disabled={!drawn}
              data-testid="export-png"
              onSelect={() => drawn && save(drawn.png(), `${name}.png`)}
            >
              {t('export.png')}
              {!drawn && <small>{t('export.pngHint')}</small>}
            </Menu.Item>
            <Menu.Item className="menu-item" data-testid="export-share" asChild>
              <Link
                to="/sites/$siteId/sharing"
                params={{ siteId: site.id }}
                search={{ ...view, share: report.uniqueId }}
              >
                {t('export.share')}
              </Link>
            </Menu.Item>
          </Menu.Content>
        </Menu.Portal>
      </Menu.Root>
      {table.error && (
        <span role="alert" className="tools-fault">
          {t('export.failed')}
        </span>
      )}
    </>
  );
}
