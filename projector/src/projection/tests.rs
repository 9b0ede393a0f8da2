use std::{collections::BTreeMap, sync::Arc};

use nagare_schema::{
    ActionKind, Client, ConfigId, Cursor, Day, Device, Hit, HitKind, Identity, Item, LocalTime, Partition, Place,
    Referrer, Returning, SiteId, Text, Timings, UnixMillis, UnixSeconds, VisitorId,
};
use proptest::prelude::*;

use super::*;

/// What happens to one of a few visits.
#[derive(Debug, Clone, Copy)]
enum Step {
    Page(u8),
    Cart(u8, u8),
    Goal(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let visit = 0..5_u8;
    let step = prop_oneof![
        4 => visit.clone().prop_map(Step::Page),
        2 => (visit.clone(), 0..3_u8).prop_map(|(visit, items)| Step::Cart(visit, items)),
        1 => visit.prop_map(Step::Goal),
    ];
    proptest::collection::vec(step, 0..40)
}

/// The messages of a partition in which the steps happen, a hit each.
fn batches(steps: &[Step]) -> Vec<EventBatch> {
    let mut visits: BTreeMap<u8, Arc<Visit>> = BTreeMap::new();
    let mut carts: BTreeMap<u8, Arc<Conversion>> = BTreeMap::new();
    let step_of = |(sequence, step): (u64, &Step)| {
        let id = HitId::new(Partition(0), sequence, 0).unwrap();
        let (Step::Page(key) | Step::Cart(key, _) | Step::Goal(key)) = *step;
        let before = visits.get(&key).cloned();
        let after = Arc::new(visit(before.as_deref(), id));
        visits.insert(key, after.clone());
        let mut events = vec![
            VisitEvent::HitAccepted { id, visit: Some(after.id), hit: Arc::new(hit()) },
            VisitEvent::VisitChanged { before, after: after.clone() },
        ];
        match *step {
            Step::Page(_) => events.push(VisitEvent::ActionRecorded(Arc::new(action(&after, id)))),
            Step::Goal(_) => {
                let after = Arc::new(conversion(&after, id, GoalId(1), 0));
                events.push(VisitEvent::ConversionChanged { before: None, after });
            }
            Step::Cart(_, items) => {
                let after = Arc::new(conversion(&after, id, GoalId::CART, items));
                let before = carts.insert(key, after.clone());
                events.push(VisitEvent::ConversionChanged { before, after });
            }
        }
        let (from, to) = (cursor(sequence - 1), cursor(sequence));
        EventBatch { from, to, clock: UnixMillis(0), producers: Vec::new(), events, rebuild: None }
    };
    (1..).zip(steps).map(step_of).collect()
}

fn cursor(sequence: u64) -> Cursor {
    Cursor { sequence, hits: 1, complete: true }
}

/// Rows of all tables with their number, those of a sign of -1 taken away: what sums are made of.
type Net = BTreeMap<String, i64>;

fn project(net: &mut Net, batches: &[EventBatch]) {
    let projection = Projection::of(batches);
    let mut add = |row: String, sign: i64| *net.entry(row).or_default() += sign;
    projection.hits().for_each(|row| add(format!("{row:?}"), 1));
    projection.actions().for_each(|row| add(format!("{row:?}"), 1));
    projection.visits.rows().for_each(|(sign, _)| assert!(sign == Sign::Stand || sign == Sign::Cancel));
    for row in projection.visits() {
        add_signed(&mut add, &format!("{row:?}"));
    }
    for row in projection.conversions() {
        add_signed(&mut add, &format!("{row:?}"));
    }
    for row in projection.items() {
        add_signed(&mut add, &format!("{row:?}"));
    }
}

fn add_signed(add: &mut impl FnMut(String, i64), row: &str) {
    match row.contains("sign: -1") {
        true => add(row.replace("sign: -1", "sign: 1"), -1),
        false => add(row.to_owned(), 1),
    }
}

fn net(parts: &[&[EventBatch]]) -> Net {
    let mut net = Net::new();
    parts.iter().for_each(|part| project(&mut net, part));
    net.retain(|_, count| *count != 0);
    net
}

proptest! {
    #[test]
    fn where_a_range_is_cut_changes_no_sum(steps in steps(), cuts in proptest::collection::vec(0..41_usize, 0..5)) {
        let batches = batches(&steps);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(batches.len())).collect();
        cuts.extend([0, batches.len()]);
        cuts.sort_unstable();
        let parts: Vec<&[EventBatch]> = cuts.windows(2).map(|cut| &batches[cut[0]..cut[1]]).collect();
        prop_assert_eq!(net(&parts), net(&[&batches]));
    }

    #[test]
    fn a_range_has_the_same_rows_every_time(steps in steps()) {
        let batches = batches(&steps);
        let rows = || format!("{:?}", Projection::of(&batches).visits().collect::<Vec<_>>());
        prop_assert_eq!(rows(), rows());
    }

    #[test]
    fn one_row_stands_for_each_visit_and_each_conversion(steps in steps()) {
        let batches = batches(&steps);
        let projection = Projection::of(&batches);
        let visits: std::collections::BTreeSet<u8> =
            steps.iter().map(|(Step::Page(key) | Step::Cart(key, _) | Step::Goal(key))| *key).collect();
        prop_assert_eq!(projection.visits().count(), visits.len());
        prop_assert!(projection.visits.rows().all(|(sign, _)| sign == Sign::Stand));
        prop_assert_eq!(projection.hits().count(), steps.len());
    }

    #[test]
    fn the_rows_of_an_event_are_bounded(steps in steps()) {
        let batches = batches(&steps);
        let projection = Projection::of(&batches);
        let rows = projection.hits().count() + projection.visits().count() + projection.actions().count()
            + projection.conversions().count() + projection.items().count();
        let bound: usize = batches.iter().flat_map(|batch| &batch.events).map(rows_max).sum();
        prop_assert!(rows <= bound, "{} of {}", rows, bound);
    }
}

#[test]
fn a_change_of_an_earlier_range_cancels_its_row() {
    let batches = batches(&[Step::Page(0), Step::Page(0)]);
    let second = Projection::of(&batches[1..]);
    let signs: Vec<Sign> = second.visits.rows().map(|(sign, _)| sign).collect();
    assert_eq!(signs, [Sign::Cancel, Sign::Stand]);
}

#[test]
fn tables_without_rows_are_known() {
    let batches = batches(&[Step::Page(0)]);
    let projection = Projection::of(&batches);
    let with_rows: Vec<Table> = Table::ALL.into_iter().filter(|table| projection.has(*table)).collect();
    assert_eq!(with_rows, [Table::Hits, Table::Visits, Table::Actions]);
}

fn text(text: &str) -> Text {
    Text::from(text)
}

fn place() -> Arc<Place> {
    Arc::new(Place { country: text("fr"), ..Place::default() })
}

fn hit() -> Hit {
    Hit {
        site: SiteId(1),
        at: UnixSeconds(1_700_000_000),
        received_at: UnixMillis(1_700_000_000_000),
        visitor: Some(VisitorId(7)),
        identity: Identity::Cookie,
        config_id: ConfigId(9),
        user_id: None,
        new_visit: false,
        kind: HitKind::PageView,
        url: Some(text("https://example.org/")),
        title: None,
        referrer: None,
        pageview_id: None,
        timings: Timings::default(),
        client: Arc::new(Client::default()),
        local_time: LocalTime(0),
        place: place(),
        place_forced: false,
        address: None,
        revenue: None,
        campaign: BTreeMap::new(),
        attribution: None,
        dimensions: BTreeMap::new(),
        visit_variables: BTreeMap::new(),
        page_variables: BTreeMap::new(),
        product: None,
        bandwidth: None,
        charset: None,
        bot: None,
    }
}

fn device() -> Arc<Device> {
    let (unknown, empty) = (text("UNK"), text(""));
    Arc::new(Device {
        kind: None,
        brand: empty.clone(),
        model: empty.clone(),
        system: unknown.clone(),
        system_version: empty.clone(),
        browser: unknown,
        browser_version: empty.clone(),
        engine: empty.clone(),
        client_kind: None,
        resolution: text("unknown"),
        plugins: 0,
        language: empty,
    })
}

fn visit(before: Option<&Visit>, id: HitId) -> Visit {
    if let Some(before) = before {
        return Visit { revision: id, actions: before.actions + 1, ..before.clone() };
    }
    Visit {
        id: id.into(),
        revision: id,
        site: SiteId(1),
        visitor: VisitorId(7),
        config_id: ConfigId(9),
        user_id: None,
        address: None,
        first_at: UnixSeconds(1_700_000_000),
        last_at: UnixSeconds(1_700_000_000),
        touched_at: UnixMillis(1_700_000_000_000),
        day: Day(19_675),
        start_hour: 22,
        total_time: 0,
        actions: 1,
        interactions: 1,
        searches: 0,
        events: 0,
        entry_url: None,
        entry_title: None,
        exit_url: None,
        exit_title: None,
        exit_is_search: false,
        returning: Returning::New,
        visit_count: 1,
        seconds_since_first: None,
        seconds_since_last: None,
        seconds_since_order: None,
        converted: false,
        buyer: 0,
        goals: Arc::from([]),
        profilable: true,
        local_time: LocalTime(0),
        referrer: Arc::new(Referrer::default()),
        device: device(),
        place: place(),
        custom: None,
    }
}

fn action(visit: &Visit, id: HitId) -> Action {
    Action {
        id,
        visit: visit.id,
        site: visit.site,
        visitor: visit.visitor,
        at: visit.last_at,
        day: visit.day,
        hour: 22,
        kind: ActionKind::PageView,
        url: None,
        name: None,
        previous_url: None,
        previous_name: None,
        follows_search: false,
        time_spent_before: 0,
        position: Some(1),
        pageview_id: None,
        timings: Timings::default(),
        search: None,
        event: None,
        content: None,
        product: None,
        dimensions: BTreeMap::new(),
        variables: BTreeMap::new(),
        bandwidth: None,
    }
}

fn conversion(visit: &Visit, id: HitId, goal: GoalId, items: u8) -> Conversion {
    let buster = if goal == GoalId::CART { 0 } else { id.0 };
    let item = |line: u8| Item {
        sku: text(&line.to_string()),
        name: text(""),
        categories: Vec::new(),
        price: 1.5,
        quantity: 1,
        deleted: false,
    };
    Conversion {
        site: visit.site,
        visit: visit.id,
        goal,
        buster,
        revision: id,
        visitor: visit.visitor,
        at: visit.last_at,
        day: visit.day,
        hour: 22,
        url: None,
        action: None,
        order: None,
        revenue: f64::from(items) * 1.5,
        subtotal: None,
        tax: None,
        shipping: None,
        discount: None,
        items: (0..items).map(item).collect(),
        pageviews_before: None,
        returning: visit.returning,
        visit_count: 1,
        seconds_since_first: None,
        seconds_since_order: None,
        referrer: visit.referrer.clone(),
        device: visit.device.clone(),
        place: visit.place.clone(),
        custom: None,
    }
}
