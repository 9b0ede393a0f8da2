//! What tests share: one stack for all light ones, started when the first of them needs it.

use std::{
    future::Future,
    sync::{Arc, OnceLock},
};

use libtest_mimic::{Failed, Trial};
use nagare_tests::{ActionRow, ClickHouse, VisitRow};
use nagare_tests::{Matomo, Stack, Tracker, actions_of, visits_of};
use tokio::{runtime::Runtime, sync::OnceCell};

/// The shared stack.
#[derive(Clone, Default)]
pub(crate) struct World {
    stack: Arc<OnceCell<Stack>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) async fn stack(&self) -> anyhow::Result<&Stack> {
        self.stack.get_or_try_init(Stack::up).await
    }

    /// The stack, if any test used it.
    pub(crate) fn take(self) -> Option<Stack> {
        Arc::into_inner(self.stack)?.into_inner()
    }
}

/// A site of a test's own on the shared stack.
pub(crate) struct SiteUnderTest<'a> {
    pub(crate) stack: &'a Stack,
    pub(crate) id: u32,
}

impl<'a> SiteUnderTest<'a> {
    pub(crate) async fn new(world: &'a World, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let stack = world.stack().await?;
        let id = stack.matomo().add_site("Under test", settings).await?;
        Ok(Self { stack, id })
    }

    pub(crate) fn tracker(&self) -> Tracker {
        self.stack.tracker(self.id)
    }

    pub(crate) fn matomo(&self) -> Matomo {
        self.stack.matomo()
    }

    pub(crate) fn clickhouse(&self) -> anyhow::Result<ClickHouse> {
        self.stack.clickhouse()
    }

    /// The visits, once every hit is in the tables.
    pub(crate) async fn visits(&self) -> anyhow::Result<Vec<VisitRow>> {
        self.stack.caught_up().await?;
        visits_of(&self.clickhouse()?, self.id).await
    }

    /// The actions, once every hit is in the tables.
    pub(crate) async fn actions(&self) -> anyhow::Result<Vec<ActionRow>> {
        self.stack.caught_up().await?;
        actions_of(&self.clickhouse()?, self.id).await
    }
}

fn runtime() -> Result<&'static Runtime, Failed> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let started = RUNTIME.get_or_init(|| Runtime::new().ok());
    started.as_ref().ok_or_else(|| Failed::from("no runtime"))
}

/// A test that shares nothing.
pub(crate) fn alone<Test>(name: &str, test: fn() -> Test) -> Trial
where
    Test: Future<Output = anyhow::Result<()>> + 'static,
{
    Trial::test(name, move || runtime()?.block_on(test()).map_err(|error| Failed::from(format!("{error:#}"))))
}

/// A test on the shared stack.
pub(crate) fn shared<Test>(world: &World, name: &str, test: fn(World) -> Test) -> Trial
where
    Test: Future<Output = anyhow::Result<()>> + 'static,
{
    let world = world.clone();
    Trial::test(name, move || runtime()?.block_on(test(world)).map_err(|error| Failed::from(format!("{error:#}"))))
}

/// The end of the shared stack: nothing dead-lettered, no difference, a clean stop.
pub(crate) fn teardown(stack: Stack) -> Trial {
    Trial::test("the_shared_stack_ends_clean", move || {
        runtime()?.block_on(stack.finish()).map_err(|error| Failed::from(format!("{error:#}")))
    })
}
