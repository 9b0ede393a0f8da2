//! The document of a scheduled report: a page, or lines of cells, part by part.

use nagare_schema::{ReportFormat, ScheduledReport};

use super::{about, is_message, message};
use crate::{
    describe::{self, Descriptor},
    error::Fault,
    format::{escape_html, lines},
    methods::{Call, nested},
    period,
    table::{Answer, Document},
    value::{Record, Value},
};

/// Rows of a part; the rest becomes "Others".
const ROWS_MAX: usize = 23;
const HTML: &str = "text/html; charset=utf-8";
const CSV: &str = "text/csv; charset=utf-8";
const TSV: &str = "text/tab-separated-values; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const STYLE: &str = "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;color:#212121}\
                     table{border-collapse:collapse;width:100%;margin-bottom:2rem}\
                     th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd}";

/// One report of the document.
struct Part {
    title: String,
    /// Columns and what they are called.
    columns: Vec<(String, String)>,
    data: Answer,
}

/// Puts the document together, as the caller may see it.
pub(crate) async fn render(
    call: &Call<'_>,
    report: &ScheduledReport,
    period: &str,
    date: &str,
) -> Result<Document, Fault> {
    let name = format!("{} - {}", report.description, date.replace(',', " - "));
    if is_message(report) {
        let text = message::text(call, report, period, date).await?;
        return Ok(Document { content_type: TEXT, file: None, bytes: text.into_bytes() });
    }
    let parts = parts(call, report, period, date).await?;
    let (content_type, extension, text) = match report.format {
        ReportFormat::Csv => (CSV, "csv", table_text(&parts, ',')),
        ReportFormat::Tsv => (TSV, "tsv", table_text(&parts, '\t')),
        // A page prints as well as any other document.
        ReportFormat::Html | ReportFormat::Pdf | ReportFormat::Sms => {
            (HTML, "html", page(call, report, (period, date), &parts)?)
        }
    };
    Ok(Document { content_type, file: Some(format!("{name}.{extension}")), bytes: text.into_bytes() })
}

/// The parts in the order of the definition; what the site has no report for is left out.
async fn parts(call: &Call<'_>, report: &ScheduledReport, period: &str, date: &str) -> Result<Vec<Part>, Fault> {
    let descriptors = describe::of_site(&call.caller.config, report.site);
    let mut parts = Vec::new();
    for descriptor in descriptors.iter().filter(|descriptor| report.reports.contains(&descriptor.unique_id())) {
        parts.push(part(call, report, descriptor, (period, date)).await?);
    }
    Ok(parts)
}

async fn part(
    call: &Call<'_>,
    report: &ScheduledReport,
    descriptor: &Descriptor,
    (period, date): (&str, &str),
) -> Result<Part, Fault> {
    let (module, action) = descriptor.name().split_once('.').unwrap_or_default();
    let mut params = about(report, period, date)
        .with("apiModule", module)
        .with("apiAction", action)
        .with("flat", "1")
        .with("showTimer", "0")
        .with("format_metrics", "1")
        .with("filter_truncate", ROWS_MAX.to_string());
    for (name, value) in &descriptor.parameters {
        params = params.with(name, value.clone());
    }
    let title = descriptor.title.clone();
    let Answer::Value(Value::Record(answer)) = nested::ask(call, "API.getProcessedReport", &params).await? else {
        return Ok(Part { title, columns: Vec::new(), data: Answer::Done });
    };
    let columns = match answer.get("columns") {
        Some(Value::Record(columns)) => {
            columns.iter().map(|(name, label)| (name.to_string(), label.as_text().unwrap_or_default())).collect()
        }
        _ => Vec::new(),
    };
    let data = match answer.get("reportData") {
        Some(Value::Answer(data)) => data.as_ref().clone(),
        _ => Answer::Done,
    };
    Ok(Part { title, columns, data })
}

fn table_text(parts: &[Part], separator: char) -> String {
    let part = |part: &Part| format!("{}\n{}\n", part.title, lines(&part.data, separator));
    parts.iter().map(part).collect::<Vec<_>>().join("\n")
}

fn page(
    call: &Call<'_>,
    report: &ScheduledReport,
    (period, date): (&str, &str),
    parts: &[Part],
) -> Result<String, Fault> {
    let site = call.caller.config.sites.get(&report.site);
    let site = site.map_or("", |site| site.name.as_str());
    let today = crate::methods::report::today(call, &[report.site]);
    let when = period::parse(period, date, today)?.list.first().map_or_else(String::new, period::Period::pretty);
    let title = escape_html(&format!("{} - {when}", report.description));
    let heading = escape_html(site);
    let body: String = parts.iter().map(section).collect();
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"robots\" \
         content=\"noindex,nofollow\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>{heading}</h1>\n<p>{title}</p>\n{body}</body>\n</html>\n"
    ))
}

fn section(part: &Part) -> String {
    let title = escape_html(&part.title);
    let rows: Vec<&Record> = match &part.data {
        Answer::Table(table) => table.rows.iter().map(|row| &row.columns).collect(),
        Answer::Simple(Some(record)) => vec![record],
        _ => Vec::new(),
    };
    if rows.is_empty() {
        return format!("<h2>{title}</h2>\n<p>There is no data for this report.</p>\n");
    }
    let head: String = part.columns.iter().map(|(_, label)| format!("<th>{}</th>", escape_html(label))).collect();
    let line = |row: &&Record| {
        let cell = |(name, _): &(String, String)| row.get(name).and_then(Value::as_text).unwrap_or_default();
        let cells: String =
            part.columns.iter().map(|column| format!("<td>{}</td>", escape_html(&cell(column)))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let body: String = rows.iter().map(line).collect();
    format!("<h2>{title}</h2>\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Row, Table};

    fn part_of(label: &str) -> Part {
        let row = Row { columns: Record::default().with("label", label).with("nb_visits", 2), ..Row::default() };
        Part {
            title: "Websites".to_owned(),
            columns: vec![("label".to_owned(), "Website".to_owned()), ("nb_visits".to_owned(), "Visits".to_owned())],
            data: Answer::Table(Table { rows: vec![row], ..Table::default() }),
        }
    }

    /// `reports.md` §19
    #[test]
    fn parts_are_sections_of_lines() {
        let empty = Part { data: Answer::Table(Table::default()), ..part_of("") };
        let text = table_text(&[part_of("a,b"), empty], ',');
        assert_eq!(text, "Websites\nlabel,nb_visits\n\"a,b\",2\n\nWebsites\nNo data available\n");
    }

    #[test]
    fn a_page_escapes_what_visitors_sent() {
        let html = section(&part_of("<script>"));
        assert!(html.contains("<td>&lt;script&gt;</td><td>2</td>") && html.contains("<th>Website</th>"), "{html}");
    }
}
