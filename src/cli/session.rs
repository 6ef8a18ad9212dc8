//! What every command needs: the settings, the clock, and the way to the data.

use std::{path::Path, time::Duration};

use chrono::{DateTime, Utc};

use super::{failure::Failure, out};
use crate::{
    clock::SharedClock,
    config::Config,
    domain::audit::Actor,
    orders::{Answer, Order, dropbox},
    store::{Reader, Store, StoreFault},
};

/// How long a running daemon may take to answer an order.
const PATIENCE: Duration = Duration::from_secs(10);

/// One run of the command line.
#[derive(Debug)]
pub(super) struct Session {
    /// The settings.
    pub(super) config: Config,
    clock: SharedClock,
}

impl Session {
    /// Reads the settings; says what looks mistyped.
    pub(super) fn open(env_file: Option<&Path>, data_dir: Option<&Path>, clock: SharedClock) -> Result<Self, Failure> {
        let (config, warnings) = Config::from_env(env_file, data_dir)?;
        for warning in warnings {
            out::talk(&format!("rollcall: warning: {warning}"));
        }
        Ok(Self { config, clock })
    }

    /// Now.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The clock.
    pub(super) fn clock(&self) -> SharedClock {
        self.clock.clone()
    }

    /// A text that no other run has.
    pub(super) fn unique(&self) -> String {
        let now = self.now();
        format!("{}-{}-{}", now.timestamp(), now.timestamp_subsec_nanos(), std::process::id())
    }

    /// Looks at the data, also beside a running daemon.
    pub(super) fn read(&self) -> Result<Reader, Failure> {
        Ok(Reader::open_at(&self.config.home())?)
    }

    /// Has an order carried out: by the daemon that owns the data, or else here. Prints the answer.
    pub(super) fn order(&self, order: &Order) -> Result<(), Failure> {
        Ok(out::data(&self.answer(order)?)?)
    }

    /// The same with the answer beside the output, which is for programs.
    pub(super) fn order_aside(&self, order: &Order) -> Result<(), Failure> {
        out::talk(&self.answer(order)?);
        Ok(())
    }

    /// Has many orders carried out one after another, each durable before the next; `answered` hears each answer. Stops at the first refusal.
    pub(super) fn orders(
        &self,
        orders: impl Iterator<Item = Order>,
        mut answered: impl FnMut(&str) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut hear = |answer: Answer| if answer.done { answered(&answer.text) } else { Err(Failure::Refused(answer.text)) };
        match Store::open_at(&self.config.home(), self.clock()) {
            Ok(store) => wait_for(async {
                for order in orders {
                    hear(dropbox::carry_out(&store, self.config.zone, self.now(), &Actor::Terminal, &order).await?)?;
                    // Days that are written need no memory.
                    store.checkpoint().await?;
                }
                Ok(store.close().await?)
            }),
            Err(why) if why.is_taken() => {
                for order in orders {
                    hear(dropbox::ask(&self.config.home(), &self.unique(), &order, PATIENCE)?)?;
                }
                Ok(())
            }
            Err(why) => Err(why.into()),
        }
    }

    pub(super) fn answer(&self, order: &Order) -> Result<String, Failure> {
        let answer = match Store::open_at(&self.config.home(), self.clock()) {
            Ok(store) => wait_for(async {
                let answer = dropbox::carry_out(&store, self.config.zone, self.now(), &Actor::Terminal, order).await?;
                store.close().await?;
                Ok::<Answer, StoreFault>(answer)
            })?,
            Err(why) if why.is_taken() => dropbox::ask(&self.config.home(), &self.unique(), order, PATIENCE)?,
            Err(why) => return Err(why.into()),
        };
        if answer.done { Ok(answer.text) } else { Err(Failure::Refused(answer.text)) }
    }
}

/// Waits for something asynchronous.
pub(super) fn wait_for<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime needs only memory and a few descriptors").block_on(work)
}
