//! Delivering updates to webhooks: in order within a chat, concurrently and in no order between chats, again until they are
//! taken.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use tokio::{io::AsyncWriteExt as _, net::TcpStream, task::JoinSet, time::Instant};

use crate::{
    faults::{DELIVERY, Fault},
    model::Webhook,
    sim::Shared,
};

const LOST: &str = "Connection reset by peer";

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(20);

/// One update on its way.
#[derive(Clone)]
struct Delivery {
    bot: i64,
    update: i64,
    json: Arc<str>,
    hook: Webhook,
}

/// Delivers until the process ends.
pub(crate) async fn deliver(shared: Arc<Shared>) {
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("a plain client can be built");
    let mut under_way: HashSet<(i64, i64)> = HashSet::new();
    let mut failed: HashMap<(i64, i64), (Instant, Duration)> = HashMap::new();
    let mut running = JoinSet::new();
    loop {
        let changed = shared.change();
        for delivery in due(&shared, &under_way, &failed) {
            under_way.insert((delivery.bot, delivery.update));
            let client = client.clone();
            let fault = shared.world().faults.strike(DELIVERY, None);
            running.spawn(async move {
                let outcome = attempt(&client, &delivery, fault).await;
                (delivery, outcome)
            });
        }
        let next_retry = failed.values().map(|(at, _)| *at).min();
        let retry = async {
            match next_retry {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = changed => {}
            () = retry => {
                let now = Instant::now();
                failed.retain(|_, (at, _)| *at > now);
            }
            Some(Ok((delivery, outcome))) = running.join_next() => {
                let key = (delivery.bot, delivery.update);
                under_way.remove(&key);
                settle(&shared, &delivery, outcome, &mut failed);
                // Whoever waits for updates to be taken must hear of it.
                shared.changed();
            }
        }
    }
}

fn due(shared: &Shared, under_way: &HashSet<(i64, i64)>, failed: &HashMap<(i64, i64), (Instant, Duration)>) -> Vec<Delivery> {
    let mut world = shared.world();
    let now = world.now;
    let mut due = Vec::new();
    for bot in world.bots.values_mut() {
        let Some(hook) = bot.webhook.clone() else { continue };
        let busy = under_way.iter().filter(|(of, _)| *of == bot.id).count();
        let free = hook.max_connections.saturating_sub(busy);
        let id = bot.id;
        let is_busy = |update| under_way.contains(&(id, update)) || failed.contains_key(&(id, update));
        due.extend(bot.queue.deliverable(free, now, is_busy).into_iter().map(|update| Delivery {
            bot: bot.id,
            update: update.id,
            json: update.json,
            hook: hook.clone(),
        }));
    }
    due
}

async fn attempt(client: &reqwest::Client, delivery: &Delivery, fault: Option<Fault>) -> Result<(), String> {
    match fault {
        Some(Fault::TruncateAnswer) => return Err(cut_off(delivery).await.map_or_else(|why| why.to_string(), |()| LOST.into())),
        Some(Fault::LoseAnswer) => {}
        Some(_) => return Err(LOST.into()),
        None => {}
    }
    let mut request = client.post(&delivery.hook.url).header("content-type", "application/json").body(delivery.json.to_string());
    if let Some(secret) = &delivery.hook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    match request.send().await {
        Ok(_) if fault.is_some() => Err(LOST.into()),
        Ok(response) if response.status().is_success() => Ok(()),
        Ok(response) => Err(format!("Wrong response from the webhook: {}", response.status())),
        Err(why) => Err(why.without_url().to_string()),
    }
}

/// Half of a delivery, then a reset connection.
async fn cut_off(delivery: &Delivery) -> std::io::Result<()> {
    let url: reqwest::Url = delivery.hook.url.parse().map_err(std::io::Error::other)?;
    let address = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    let mut stream = TcpStream::connect(address).await?;
    let (json, secret) = (&delivery.json, delivery.hook.secret.as_deref().unwrap_or_default());
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\nx-telegram-bot-api-secret-token: {secret}\r\ncontent-length: {}\r\n\r\n",
        url.path(),
        address.0,
        json.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&json.as_bytes()[..json.len() / 2]).await?;
    stream.set_zero_linger()
}

fn settle(
    shared: &Shared,
    delivery: &Delivery,
    outcome: Result<(), String>,
    failed: &mut HashMap<(i64, i64), (Instant, Duration)>,
) {
    let key = (delivery.bot, delivery.update);
    let mut world = shared.world();
    let Some(bot) = world.bots.get_mut(&delivery.bot) else { return };
    match outcome {
        Ok(()) => {
            failed.remove(&key);
            bot.queue.confirm(delivery.update);
        }
        Err(why) => {
            let pause = failed.get(&key).map_or(FIRST_PAUSE, |(_, pause)| (*pause * 2).min(LONGEST_PAUSE));
            failed.insert(key, (Instant::now() + pause, pause));
            if let Some(hook) = &mut bot.webhook {
                hook.last_error = Some(why);
            }
        }
    }
}
