use nagare_api::compare_sources;
use nagare_schema::SiteId;

/// `NAGARE_CLICKHOUSE_URL` names the server, `NAGARE_COMPARE` site and days: `1,2010-03-01,2010-03-31`.
#[tokio::test]
#[ignore = "needs the tables of a running deployment"]
async fn rollups_and_base_tables_answer_alike() {
    let url = std::env::var("NAGARE_CLICKHOUSE_URL").unwrap();
    let compared = std::env::var("NAGARE_COMPARE").unwrap();
    let [site, from, to] = compared.split(',').collect::<Vec<_>>().try_into().unwrap();
    let clickhouse = clickhouse::Client::default().with_url(url).with_database("nagare");
    let days = (from.parse().unwrap(), to.parse().unwrap());
    let differences = compare_sources(&clickhouse, &[SiteId(site.parse().unwrap())], days).await.unwrap();
    let listed: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(listed.is_empty(), "{} differences\n{}", listed.len(), listed.join("\n"));
}
