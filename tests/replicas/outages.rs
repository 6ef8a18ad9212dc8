//! The database crashes, cuts lines, is slow: nothing is acknowledged that isn't safe, and everything counts once when it is back.

use std::{process::Command, time::Duration};

use crate::{
    balancer,
    postgres::{Server, run},
    school::{School, own_address},
};

impl Server {
    /// Dies as after a power cut, and comes back after a while.
    fn crashes(&mut self, away: Duration) {
        let pid = std::fs::read_to_string(self.dir.path().join("data/postmaster.pid")).expect("it runs");
        let pid = pid.lines().next().expect("a number");
        assert!(Command::new("kill").args(["-QUIT", pid]).status().expect("kill runs").success());
        self.keeper.wait().expect("ended");
        std::thread::sleep(away);
        self.keeper = run(&self.dir.path().join("data"), self.dir.path(), "off");
        self.is_up();
    }

    /// Every connection breaks.
    fn cuts_lines(&self) {
        let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'rollcall'";
        self.asked(|client| client.batch_execute(sql)).expect("cut");
    }
}

#[tokio::test]
async fn a_database_that_crashes_and_cuts_lines_costs_no_message() {
    let mut server = Server::start();
    let mut school = School::on(server.fresh());
    let addresses = [own_address(), own_address()];
    school.webhook = Some(balancer::before(addresses.to_vec()).await);
    let flood = school.flooded(5_000);
    let start = |name: usize| school.starts(&format!("replica{name}"), Some(addresses[name]));
    let mut replicas = [0, 1].map(start);
    for round in 0..6 {
        let left = school.bot.pending();
        school.bot.has_at_most(left.saturating_sub(600)).await;
        match round % 3 {
            0 => server.cuts_lines(),
            // Shorter than the lease, and longer.
            1 => server.crashes(Duration::ZERO),
            _ => server.crashes(Duration::from_secs(3)),
        }
        // After an outage longer than the lease whoever comes first works; the other one ends, and a service manager starts it again.
        for (name, replica) in replicas.iter_mut().enumerate() {
            if replica.has_ended() {
                let said = replica.said();
                assert!(said.contains("another replica has taken over"), "{said}");
                *replica = start(name);
            }
        }
    }
    school.bot.has_confirmed_all().await;
    school.has_counted_all();
    for replica in replicas {
        replica.hears("TERM");
        let (status, said) = replica.ends();
        assert!(status.success() || said.contains("another replica has taken over"), "{said}");
    }
    assert_eq!(school.counted(&flood), flood.posted);
    school.sim.finish();
}
