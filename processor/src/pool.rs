//! Equal values held once. Open visits share their pages, titles, referrers, devices, places and
//! addresses, which come anew with every hit and every event that is read.

use std::{hash::Hash, sync::Arc};

use nagare_schema::{Device, EventBatch, Hit, PageUrl, Place, Referrer, Text, Visit, VisitEvent};
use quick_cache::unsync::Cache;

use crate::enrich::ActionInput;

/// Values of each kind that are remembered; what is used least is forgotten, and then no longer shared.
const VALUES_MAX: usize = 16_384;

/// The values of one partition.
pub struct Pool {
    texts: Values<Text>,
    referrers: Values<Arc<Referrer>>,
    devices: Values<Arc<Device>>,
    places: Cache<PlaceKey, Arc<Place>>,
}

/// A place by what it is equal in: its degrees are compared by their bits.
type PlaceKey = (Text, Text, Text, Option<u64>, Option<u64>);

struct Values<T: Hash + Eq + Clone>(Cache<T, T>);

impl<T: Hash + Eq + Clone> Values<T> {
    fn new() -> Self {
        Self(Cache::new(VALUES_MAX))
    }

    /// Puts the shared value in place of an equal one.
    fn share(&mut self, value: &mut T) {
        match self.0.get(value) {
            Some(shared) => *value = shared.clone(),
            None => self.0.insert(value.clone(), value.clone()),
        }
    }
}

impl Default for Pool {
    fn default() -> Self {
        Self { texts: Values::new(), referrers: Values::new(), devices: Values::new(), places: Cache::new(VALUES_MAX) }
    }
}

impl Pool {
    /// Shares what a visit will take over from its hit.
    pub fn share_hit(&mut self, hit: &mut Hit) {
        self.place(&mut hit.place);
        self.text(&mut hit.address);
    }

    /// Shares the referrer of a hit, unless others hold it already.
    pub fn share_referrer(&mut self, referrer: &mut Arc<Referrer>) {
        if Arc::strong_count(referrer) == 1 {
            self.referrers.share(referrer);
        }
    }

    /// Shares what a visit and the next action will take over from an action.
    pub fn share_action(&mut self, action: &mut ActionInput) {
        self.page(&mut action.url);
        self.text(&mut action.name);
    }

    /// Shares the values of visits that were just read and that nobody else holds yet.
    pub fn share_batch(&mut self, batch: &mut EventBatch) {
        for event in &mut batch.events {
            if let VisitEvent::VisitChanged { after, .. } = event
                && let Some(visit) = Arc::get_mut(after)
            {
                self.share_visit(visit);
            }
        }
    }

    fn share_visit(&mut self, visit: &mut Visit) {
        self.page(&mut visit.entry_url);
        self.page(&mut visit.exit_url);
        self.text(&mut visit.entry_title);
        self.text(&mut visit.exit_title);
        self.text(&mut visit.address);
        self.place(&mut visit.place);
        self.referrers.share(&mut visit.referrer);
        self.devices.share(&mut visit.device);
    }

    fn page(&mut self, page: &mut Option<PageUrl>) {
        if let Some(page) = page {
            self.texts.share(&mut page.name);
        }
    }

    fn text(&mut self, text: &mut Option<Text>) {
        if let Some(text) = text {
            self.texts.share(text);
        }
    }

    fn place(&mut self, place: &mut Arc<Place>) {
        let degrees = |degrees: Option<f64>| degrees.map(f64::to_bits);
        let Place { country, region, city, latitude, longitude } = &**place;
        let key = (country.clone(), region.clone(), city.clone(), degrees(*latitude), degrees(*longitude));
        match self.places.get(&key) {
            Some(shared) => *place = shared.clone(),
            None => self.places.insert(key, place.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_become_one_and_others_stay_apart() {
        let mut pool = Pool::default();
        let place = |city: &str, latitude| Place { city: city.into(), latitude, ..Place::default() };
        let [mut a, mut b] = [Arc::new(place("Ulm", Some(48.4))), Arc::new(place("Ulm", Some(48.4)))];
        let mut other = Arc::new(place("Ulm", Some(48.5)));
        for place in [&mut a, &mut b, &mut other] {
            pool.place(place);
        }
        assert!(Arc::ptr_eq(&a, &b));
        assert!(!Arc::ptr_eq(&a, &other));
        let [mut one, mut two] = [Some(Text::from("x")), Some(Text::from("x"))];
        pool.text(&mut one);
        pool.text(&mut two);
        assert!(one.unwrap().is_shared(&two.unwrap()));
    }
}
