//! A PostgreSQL of the tests' own, in a temporary directory, for as long as the test process lives.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use postgres::{Client, NoTls};
use tempfile::TempDir;

/// A server. Killed when the test process ends, however it ends: it waits for the end of a pipe that only the process holds.
pub(crate) struct Server {
    pub(crate) dir: TempDir,
    keeper: Child,
    setup: Setup,
}

/// How a server is set up.
#[derive(Clone, Default)]
pub(crate) struct Setup {
    /// Whether what it writes is safe from power cuts, which the tests' machine has none of.
    pub(crate) syncs: bool,
    /// There is little room in its log, as after years on a small disk.
    pub(crate) is_cramped: bool,
    /// What it is told beside.
    pub(crate) environment: Vec<(&'static str, PathBuf)>,
}

/// The server that all tests of this process share.
pub(crate) fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

impl Server {
    /// A new one, empty.
    pub(crate) fn start() -> Self {
        Self::set_up(Setup::default())
    }

    /// The same on a disk that may fail, with little room in its log.
    pub(crate) fn start_on(disk: &[(&'static str, &Path)]) -> Self {
        let environment = disk.iter().map(|(name, value)| (*name, value.to_path_buf())).collect();
        Self::set_up(Setup { environment, is_cramped: true, ..Setup::default() })
    }

    /// The same, set up in this way.
    pub(crate) fn set_up(setup: Setup) -> Self {
        let dir = TempDir::with_prefix("rollcall-postgres-").expect("a directory");
        let data = dir.path().join("data");
        std::fs::create_dir(&data).expect("a directory");
        own(dir.path());
        own(&data);
        let made = unprivileged(&program("initdb"))
            .args(["--auth=trust", "--username=rollcall", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .args(setup.is_cramped.then_some("--wal-segsize=1"))
            .arg("-D")
            .arg(&data)
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let keeper = run(&data, dir.path(), &setup);
        let server = Self { dir, keeper, setup };
        server.is_up();
        server
    }

    /// A database address with a schema that nobody else has.
    pub(crate) fn fresh(&self) -> String {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let schema = format!("school_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.asked(|client| client.batch_execute(&format!("CREATE SCHEMA {schema}"))).expect("a schema");
        self.address(&schema)
    }

    /// The address of a schema.
    pub(crate) fn address(&self, schema: &str) -> String {
        let host = self.dir.path().display().to_string().replace('/', "%2F");
        format!("postgres://rollcall@{host}/postgres?sslmode=disable&options=-csearch_path%3D{schema}")
    }

    /// What an administrator is answered. The client waits for itself, which a runtime's thread may not.
    pub(crate) fn asked<T: Send>(
        &self,
        ask: impl FnOnce(&mut Client) -> Result<T, postgres::Error> + Send,
    ) -> Result<T, postgres::Error> {
        let address = self.address("public");
        std::thread::scope(|scope| {
            scope.spawn(|| ask(&mut Client::connect(&address, NoTls)?)).join().expect("asking doesn't panic")
        })
    }

    /// Dies as after a power cut, and comes back after a while.
    pub(crate) fn crashes(&mut self, away: Duration) {
        let pid = std::fs::read_to_string(self.dir.path().join("data/postmaster.pid")).expect("it runs");
        let pid = pid.lines().next().expect("a number");
        assert!(Command::new("kill").args(["-QUIT", pid]).status().expect("kill runs").success());
        self.keeper_ends();
        std::thread::sleep(away);
        self.keeper = run(&self.dir.path().join("data"), self.dir.path(), &self.setup);
        self.is_up();
    }

    /// Waits until it has cried out for this.
    pub(crate) fn panics(&self, why: &str) {
        let began = Instant::now();
        while !self.log().lines().any(|line| line.contains("PANIC") && line.contains(why)) {
            assert!(began.elapsed() < Duration::from_secs(60), "the database doesn't panic: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Comes up after a panic, when what was in its way is gone; whoever keeps it starts it if it has given up.
    pub(crate) fn recovers(&mut self) {
        let began = Instant::now();
        while self.asked(|client| client.batch_execute("")).is_err() {
            if self.keeper.try_wait().expect("it can be asked").is_some() {
                self.keeper_ends();
                self.keeper = run(&self.dir.path().join("data"), self.dir.path(), &self.setup);
            }
            assert!(began.elapsed() < Duration::from_secs(30), "the database doesn't recover: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waiting would close the pipe, which is how the keeper learns that its directory is of no use any more.
    fn keeper_ends(&mut self) {
        std::mem::forget(self.keeper.stdin.take());
        self.keeper.wait().expect("ended");
    }

    pub(crate) fn is_up(&self) {
        let began = Instant::now();
        while self.asked(|client| client.batch_execute("")).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "the database doesn't start: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Runs the server below a shell that ends it once its own input ends.
fn run(data: &Path, sockets: &Path, setup: &Setup) -> Child {
    let script = r#""$1" -D "$2" -k "$3" -c listen_addresses= -c max_connections=400 -c fsync="$4" -c min_wal_size="$5" >"$3/log" 2>&1 & server=$!
                    exec 3<&0; (cat <&3 >/dev/null; : >"$3/over.$$"; kill -INT $server 2>/dev/null) & wait $server
                    # Nobody asks any more: a static is never dropped, so its directory is left to us.
                    if [ -e "$3/over.$$" ]; then rm -rf "$3"; fi"#;
    let mut shell = unprivileged(Path::new("sh"));
    shell.args(["-c", script, "sh"]).arg(program("postgres")).arg(data).arg(sockets);
    shell.arg(if setup.syncs { "on" } else { "off" });
    shell.arg(if setup.is_cramped { "2MB" } else { "80MB" }).envs(setup.environment.iter().map(|(name, value)| (name, value)));
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.spawn().expect("the server starts")
}

/// A program of PostgreSQL; Debian keeps them where no PATH leads.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists()).collect();
    found.sort();
    found.pop().unwrap_or_else(|| name.into())
}

/// PostgreSQL doesn't run as root: then it runs as nobody.
fn unprivileged(program: &Path) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(program);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.current_dir("/");
    command
}

const NOBODY: u32 = 65_534;

fn own(path: &Path) {
    if is_root() {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).expect("the directory is ours to give");
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
