//! Serves a simulated Telegram with a small world: `telegram-sim [ADDRESS]`, 127.0.0.1:8081 unless told.

#![expect(clippy::print_stdout, reason = "it tells the person who started it how to go on")]

use telegram_sim::{Rights, Sim};

fn main() -> std::process::ExitCode {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8081".to_owned());
    if address.parse::<std::net::SocketAddr>().is_err() {
        println!("usage: telegram-sim [ADDRESS]\n\nServes a simulated Telegram at this address, 127.0.0.1:8081 unless told.");
        return std::process::ExitCode::from(2);
    }
    let sim = Sim::start_on(&address);
    let centre = sim.data_centre();
    let bot = sim.bot("my_bot");
    let ann = sim.user("Ann Lee").described("Owner");
    let bob = sim.user("Bob Stone").described("Teacher");
    let cho = sim.user("Cho Park").described("Student");
    let group = sim.basic_group("Grade 2", &[&bob, &cho]);
    sim.place(ann.id, &group, Rights::Creator);
    println!("A simulated Telegram is at {}", sim.url());
    println!("  page      {}/", sim.url());
    println!("  api_url   {}", sim.url());
    println!("  token     {}", bot.token());
    println!("  try       curl {}/bot{}/getMe", sim.url(), bot.token());
    println!("For programs that people log in with:");
    println!("  centre    number {}, at {}", centre.id(), centre.address());
    println!("  phones    Ann {}, Bob {}; the page shows login codes", ann.phone(), bob.phone());
    println!("  session   Ann's, as Telethon writes it: {}", ann.session().telethon());
    println!("Ctrl+C ends it.");
    loop {
        std::thread::park();
    }
}
