import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type Report, reportsQuery } from '../api/catalogue';
import { useSite } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { FiguresReport } from '../reports/FiguresReport';
import { TableReport } from '../reports/TableReport';
import { Notice } from '../ui/Notice';
import { Loaded } from '../ui/states';

const route = getRouteApi('/signed-in/sites/$siteId/reports/$reportId');

/** One report of the catalogue, drawn from what the catalogue says about it. */
export function ReportPage() {
  const { t } = useLocale();
  const { reportId } = route.useParams();
  const reports = useQuery(reportsQuery(useSite().id));
  const found = reports.data?.find(({ uniqueId }) => uniqueId === reportId);
  if (found) return <ReportView key={reportId} report={found} />;
  if (reports.data) {
    return (
      <Notice title={t('report.unknown')} hint={t('report.unknownHint', { name: reportId })} />
    );
  }
  return (
    <main id="content" className="page">
      <PageHead title={t('nav.reports')} />
      <Loaded query={reports} rows={8}>
        {() => null}
      </Loaded>
    </main>
  );
}

function ReportView({ report }: { report: Report }) {
  const { word } = useLocale();
  return (
    <main id="content" className="page report" data-testid={`report-${report.uniqueId}`}>
      <PageHead title={word(report.name)} tools={['segment', 'compare', 'date']} />
      {report.documentation && <p className="lead">{report.documentation}</p>}
      {report.dimension ? <TableReport report={report} /> : <FiguresReport report={report} />}
    </main>
  );
}
