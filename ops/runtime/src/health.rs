use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

/// What a role says about itself: live while the process runs, ready when every part is.
#[derive(Clone, Default)]
pub struct Health {
    parts: Arc<Mutex<Vec<Part>>>,
}

struct Part {
    name: &'static str,
    ready: Arc<AtomicBool>,
}

/// One part's say; not ready until it says so, and again when dropped.
pub struct HealthHandle {
    ready: Arc<AtomicBool>,
}

impl Health {
    /// Registers a part, not ready yet.
    pub fn register(&self, name: &'static str) -> HealthHandle {
        let ready = Arc::new(AtomicBool::new(false));
        self.parts.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(Part { name, ready: ready.clone() });
        HealthHandle { ready }
    }

    /// Parts that are not ready; empty when the role is.
    pub fn waiting_for(&self) -> Vec<&'static str> {
        let parts = self.parts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        parts.iter().filter(|part| !part.ready.load(Ordering::Acquire)).map(|part| part.name).collect()
    }
}

impl HealthHandle {
    /// Says whether the part is ready.
    pub fn set(&self, ready: bool) {
        self.ready.store(ready, Ordering::Release);
    }
}

impl Drop for HealthHandle {
    fn drop(&mut self) {
        self.set(false);
    }
}
