//! Properties of the core that hold for any traffic.

use nagare_processor::{Batch, State};
use nagare_schema::{EventBatch, Hit, HitKind, Identity, Rebuild, UnixMillis, VisitEvent, VisitorId, decode, encode};
use proptest::{prelude::*, sample::select};

use crate::site::{NOON, Shop, hit, page};

/// Page views of a few visitors, each on a device of their own, within half an hour.
fn half_an_hour() -> impl Strategy<Value = Vec<Hit>> {
    let one = (1_u64..4, 0_i64..1800).prop_map(|(visitor, seconds)| Hit {
        visitor: Some(VisitorId(visitor)),
        config_id: nagare_schema::ConfigId(visitor),
        received_at: UnixMillis((NOON + 1800) * 1000),
        ..page("a", seconds)
    });
    prop::collection::vec(one, 1..40)
}

/// Hits of a few visitors over some hours, a few of them late.
fn traffic() -> impl Strategy<Value = Vec<Hit>> {
    let one = (
        0_u64..4,
        0_u64..3,
        0_i64..900,
        select(vec!["a", "b", "?q=x", "?mtm_campaign=c1", "?mtm_campaign=c2"]),
        0_u8..8,
    );
    prop::collection::vec(one, 1..60).prop_map(|steps| {
        let mut clock = 0;
        steps
            .into_iter()
            .map(|(visitor, device, pause, path, kind)| {
                clock += pause;
                let seconds = if kind == 7 { clock - 700 } else { clock };
                let made = if kind == 6 { hit(HitKind::Ping, seconds) } else { page(path, seconds) };
                Hit {
                    visitor: (visitor > 0).then_some(VisitorId(visitor)),
                    identity: if visitor > 0 { Identity::Cookie } else { Identity::None },
                    config_id: nagare_schema::ConfigId(device),
                    received_at: UnixMillis((NOON + clock) * 1000),
                    ..made
                }
            })
            .collect()
    })
}

fn visits_of(state: &State) -> Vec<String> {
    let mut visits: Vec<_> = state.visits().map(|visit| format!("{visit:?}")).collect();
    visits.sort();
    visits
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn replay_equals_live(hits in traffic()) {
        let mut shop = Shop::new();
        shop.send(hits);
        let mut replayed = State::default();
        for event in &shop.events {
            replayed.evolve(event);
        }
        prop_assert_eq!(visits_of(&replayed), visits_of(&shop.state));
    }

    #[test]
    fn a_stored_batch_folds_to_the_same_state_wherever_it_is_cut(hits in traffic(), cut in 0_usize..60) {
        let mut shop = Shop::new();
        let mut stored: Vec<EventBatch> = Vec::new();
        let parts = [&hits[..cut.min(hits.len())], &hits[cut.min(hits.len())..]];
        for part in parts {
            let mut batch = Batch::begin(&shop.state);
            for hit in part {
                let known = shop.events.len();
                shop.send([hit.clone()]);
                batch.add(hit, shop.events[known..].to_vec());
            }
            stored.push(batch.finish(&shop.state));
        }
        let mut recovered = State::default();
        for batch in stored {
            let bytes = encode(&batch).unwrap();
            recovered.apply_batch(&decode::<EventBatch>(1, &bytes).unwrap());
        }
        prop_assert_eq!(visits_of(&recovered), visits_of(&shop.state));
        prop_assert_eq!(recovered.position(), shop.state.position());
    }

    /// §3.6: whatever order the hits of half an hour come in, each joins the one visit of its visitor.
    #[test]
    fn late_hits_make_the_visits_that_they_make_in_order(hits in half_an_hour().prop_shuffle()) {
        let (mut late, mut in_order) = (Shop::new(), Shop::new());
        let mut sorted = hits.clone();
        sorted.sort_by_key(|hit| hit.at);
        late.send(hits);
        in_order.send(sorted);
        let told = |shop: &Shop| {
            let visits = shop.visits();
            let mut told: Vec<_> = visits.iter().map(|v| (v.visitor, v.actions, v.interactions, v.last_at)).collect();
            told.sort_unstable();
            told
        };
        prop_assert_eq!(told(&late), told(&in_order));
    }

    #[test]
    fn a_restart_begins_the_state_anew(before in traffic(), after in traffic()) {
        let (mut old, mut new) = (Shop::new(), Shop::new());
        old.send(before);
        new.send(after);
        let (to, clock) = (old.state.position(), old.state.clock());
        let message = |rebuild, events| {
            EventBatch { from: to, to, clock, producers: Vec::new(), events, rebuild: Some(rebuild) }
        };
        old.state.apply_batch(&message(Rebuild::Hold, Vec::new()));
        old.state.apply_batch(&message(Rebuild::Restart, Vec::new()));
        old.state.apply_batch(&message(Rebuild::Restated, new.events.clone()));
        old.state.apply_batch(&message(Rebuild::Release, Vec::new()));
        prop_assert_eq!(visits_of(&old.state), visits_of(&new.state));
        prop_assert_eq!((old.state.position(), old.state.clock()), (to, clock));
    }

    #[test]
    fn every_hit_is_accepted_once_and_counted_in_one_visit(hits in traffic()) {
        let mut shop = Shop::new();
        let sent = hits.len();
        shop.send(hits);
        let accepted = shop.events.iter().filter(|event| matches!(event, VisitEvent::HitAccepted { .. })).count();
        prop_assert_eq!(accepted, sent);
        let counted: u32 = shop.visits().iter().map(|visit| visit.actions).sum();
        prop_assert_eq!(counted as usize, shop.actions().len());
    }

    #[test]
    fn a_visit_changes_from_what_it_was(hits in traffic()) {
        let mut shop = Shop::new();
        shop.send(hits);
        let mut standing = std::collections::HashMap::new();
        for event in &shop.events {
            if let VisitEvent::VisitChanged { before, after } = event {
                let known = standing.insert(after.id, after.clone());
                prop_assert_eq!(before.as_ref(), known.as_ref());
                prop_assert!(before.as_ref().is_none_or(|before| before.revision < after.revision));
            }
        }
    }

    #[test]
    fn forgetting_old_visits_leaves_the_young(hits in traffic(), minutes in 0_i64..400) {
        let mut shop = Shop::new();
        shop.send(hits);
        let before = UnixMillis((NOON + minutes * 60) * 1000);
        let young: Vec<_> = shop.visits().into_iter().filter(|visit| visit.touched_at >= before).collect();
        shop.state.forget(before);
        prop_assert_eq!(&shop.visits(), &young);
        for visit in young {
            prop_assert_eq!(shop.state.visit(visit.id), Some(&visit));
            let last = shop.state.last_of_visitor(visit.site, visit.visitor, nagare_schema::UnixSeconds(i64::MAX));
            prop_assert!(last.is_some());
        }
    }
}
